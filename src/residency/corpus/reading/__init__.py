"""From the user's files to drafts of rows, whatever their format and shape."""
