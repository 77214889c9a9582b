"""Train: trainings started, watched, compared and stopped."""
