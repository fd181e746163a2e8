"""What was found, as data, as a page, and as a few lines that end in what to do first."""
