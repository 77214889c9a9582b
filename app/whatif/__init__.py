"""What if: interventions in a trace, the branches that they start, and how two traces differ."""
