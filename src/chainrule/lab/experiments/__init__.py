"""One subject a file; every module here holds EXPERIMENTS, and that is all it takes to be on the list."""
