"""Many pictures: a table of walks, each row opening in Step through."""
