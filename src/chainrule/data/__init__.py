"""Data: examples with their labels, the files they come in, and how they get to this machine."""
