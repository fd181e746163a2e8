"""Setting values in a TOML text that a person wrote: what is not set keeps every byte."""

from residency.ablation.toml.edit import with_values

__all__ = ["with_values"]
