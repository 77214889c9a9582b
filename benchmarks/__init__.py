"""Measured figures, printed by `make bench`; never part of the tests, since machines differ."""
