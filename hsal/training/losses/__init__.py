"""What training minimizes: one pure function an objective."""
