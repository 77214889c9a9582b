"""Many images: a table of walks, each row opening in Step through."""
