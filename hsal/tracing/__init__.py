"""Traces: one rollout on one image as a frozen record; recorded, checked, stored and read again."""
