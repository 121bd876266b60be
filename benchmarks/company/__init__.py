"""A company's questions, each in the best form that a system has for it: benchmarks/queries.py."""
