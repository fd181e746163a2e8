"""Words to hashes, sketches of rows, and what evaluation items a row holds; no row is looked at in Python."""
