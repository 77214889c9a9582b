"""Results: the table, the curves and the error browser."""
