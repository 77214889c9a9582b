"""Exports of traces: strip, film, player page, handout, Python snippet and table."""
