"""Many images: a table with the trace of each image; a row opens in Step through."""
