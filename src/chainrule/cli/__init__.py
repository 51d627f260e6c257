"""The command line: a door onto the library's functions, with no logic of its own."""
