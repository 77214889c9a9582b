"""What is forced in place of the model: as data, as overrides of a rollout, in words and in links."""
