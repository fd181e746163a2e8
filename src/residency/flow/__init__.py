"""The line: a recipe goes in, stage folders with manifests come out. Does no stage's work itself."""
