"""Release: the bundle for the hub, and its card, written from manifests and never from memory.

A finished run goes in; a folder with adapter, tokenizer, passages, prompt contract, card and checksums comes
out, marked draft unless every gate passed. It trains and measures nothing.
"""
