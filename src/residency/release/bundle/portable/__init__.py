"""Files that are copied into the bundle as they stand: they import nothing of this package."""
