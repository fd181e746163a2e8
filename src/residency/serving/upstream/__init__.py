"""Who answers: a model that is loaded here, one that a server has, or a GGUF file by a llama-server of our own.

All are an ``Upstream`` of :mod:`residency.serving.contract`: messages go in, pieces of what the model writes come out,
and whoever closes the iterator stops the model. Not one of them retrieves, checks or keeps anything.
"""
