"""The benchmark of scanpath models: `hsal benchmark-scanpaths`.

    photos.py       the photos, their people, and what is known of other photos
    runner.py       one photo: every model, and people as ceiling and floor
    intervals.py    means and intervals over photos and people
    partial.py      what an interrupted run has measured, and the finished table
    report.py       the table as text, Markdown and JSON
"""
