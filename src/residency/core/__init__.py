"""Records, the prompt contract, errors and files. Imports no other room."""
