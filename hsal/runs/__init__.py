"""Run folders: written by a trainer, read by the app, started, stopped and resumed."""
