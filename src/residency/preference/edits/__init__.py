"""Mistakes made in a text on purpose, each a typed edit. What they exchange is data of the domain pack."""
