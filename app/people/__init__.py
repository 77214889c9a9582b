"""People and model: where people looked on a photo, fixation by fixation, beside what a scanpath model predicts."""
