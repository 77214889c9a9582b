"""What the commands do; apart from hsal/cli/__init__.py so that `hsal --help` need not load torch."""
