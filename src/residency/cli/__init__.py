"""The command line: arguments go in; calls to the library, and what people read, come out.

It parses, calls and prints. It holds no work of its own, and importing it needs no torch.
"""
