"""`hsal reproduce`: every row of the paper's table and every ablation, from one command."""
