"""Benchmarks: chainrule beside its peers, in one run, on the same data, start, order and threads."""
