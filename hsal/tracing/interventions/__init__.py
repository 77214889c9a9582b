"""Reaching into the attention process: what is done in place of the model, as data, in words and in a link."""
