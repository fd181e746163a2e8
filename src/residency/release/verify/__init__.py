"""Opens the bundle as a stranger would, and looks through it for what must not go out."""
