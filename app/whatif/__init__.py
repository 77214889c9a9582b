"""What if: what is done to a walk in place of the model, the forks that grow from it, and what differs."""
