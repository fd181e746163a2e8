"""What a model must not have forgotten: instructions that it is given, and general questions."""
