from pathlib import Path


def write_report(results: Path, docs: Path) -> Path:
    return docs
