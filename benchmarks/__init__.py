"""Benchmarks, printed by `make bench`. They are not part of the tests, since machines differ."""
