"""Measurements of Residency against other tools that do one of its jobs. Nothing here is part of the package."""
