"""One scanpath model per file; the base module `hsal.scanpaths.base` describes what each must have."""
