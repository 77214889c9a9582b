"""Still and moving pictures of a walk."""
