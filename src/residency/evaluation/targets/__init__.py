"""Who is asked: a model that is loaded here, or one that a server has."""
