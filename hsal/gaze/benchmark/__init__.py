"""The benchmark of saliency models: how well do their maps predict fixations, or highlight objects in boxes?

    record.py              the result of one model on one image
    runner.py              measures one image: every model's map, every metric
    versions.py            which code measured
    partial_results.py     results so far, stored line by line, so that a stopped run continues
    table.py               all results as one tidy Parquet file
    former_names.py        names in files of earlier versions
    ranking.py             means, confidence intervals and the order of models
    published_rankings.py  orders that were published, compared with a benchmark
    plots.py               the leaderboard as a figure
    report.py              docs/NAME.md
"""
