"""`hsal reproduce`: train and evaluate every row of the paper's Table 1 and every ablation, and write the report."""
