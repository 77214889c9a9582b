"""The attention player: a trace shown moment by moment in a browser."""
