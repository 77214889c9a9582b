"""Still and moving images of a walk."""
