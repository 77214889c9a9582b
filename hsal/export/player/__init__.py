"""The attention player: a whole trace, walked moment by moment in a browser."""
