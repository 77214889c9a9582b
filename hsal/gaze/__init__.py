"""The benchmark of saliency models: how well their maps tell where people look, over a set of images.

    rated.py       one model on one image
    measuring.py   one image: every model's map, every metric
    ledger.py      what is measured so far, kept line by line so that a killed run goes on
    table.py       all of it as one tidy Parquet file
    ranking.py     means, intervals and who is ahead
    plots.py       the leaderboard as a figure
    report.py      docs/NAME.md
"""
