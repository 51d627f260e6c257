"""Arithmetic below the layers: the parameter vector, how parameters start, and functions on buffers."""
