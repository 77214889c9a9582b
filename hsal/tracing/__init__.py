"""Traces: one rollout on one image as a frozen record; how it is made, checked, stored and read again."""
