"""Training losses: one pure function per objective or estimator, and their combination over an episode."""
