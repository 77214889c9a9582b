"""What a benchmark has measured so far, and its finished table: a Parquet file, one row per photo, person and model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hsal.errors import HsalError
from hsal.paths import atomic_write

Row = dict[str, Any]  # model, photo, subject, and the metrics


class PartialScores:
    """Scores of photos, appended to a file beside the table as they are measured, so that a stopped run continues."""

    def __init__(self, out: Path, settings: Mapping[str, Any], fresh: bool = False) -> None:
        """Read what was measured before.

        Args:
            out: the table; finished rows are read from it, others from the file beside it.
            settings: what all rows share.
            fresh: measure everything again.
        Raises:
            HsalError: the rows were measured with other settings, or cannot be read or written.
        """
        self.out, self.file = out, out.with_suffix(".part.jsonl")
        self.settings = json.loads(json.dumps(settings))
        self.rows: list[Row] = []
        if fresh:
            self.file.unlink(missing_ok=True)
        elif self.file.is_file():
            self.rows = self._read_part()
        elif out.is_file():
            self.rows = self._read_table()
        self.done = {(row["model"], row["photo"]) for row in self.rows}

    def add(self, model: str, photo: str, scores: Mapping[int, Mapping[str, float]]) -> None:
        """Append the scores of one model on one photo: subject -> metric -> value.

        Raises:
            HsalError: the file cannot be written.
        """
        rows = [{"model": model, "photo": photo, "subject": subject, **values} for subject, values in scores.items()]
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            head = "" if self.file.is_file() else "".join(f"{line}\n" for line in self._head())
            with self.file.open("a", encoding="utf-8") as file:
                file.write(head + json.dumps({"done": [model, photo], "rows": rows}) + "\n")
        except OSError as error:
            raise HsalError(f"{self.file} cannot be written ({error.strerror}): choose another --out.") from error
        self.rows += rows
        self.done.add((model, photo))

    def finish(self, about: Mapping[str, Any]) -> None:
        """Write the table, with the settings and a description, and remove the file beside it.

        Raises:
            HsalError: it cannot be written.
        """
        metadata = {b"hsal": json.dumps({"settings": self.settings, **about}).encode()}
        try:
            with atomic_write(self.out) as scratch:
                pq.write_table(pa.Table.from_pylist(self.rows).replace_schema_metadata(metadata), scratch)
            self.file.unlink(missing_ok=True)
        except OSError as error:
            raise HsalError(f"{self.out} cannot be written ({error.strerror}): choose another --out.") from error

    def _head(self) -> list[str]:
        return [json.dumps({"settings": self.settings})] + [
            json.dumps({"done": [row["model"], row["photo"]], "rows": [row]}) for row in self.rows
        ]

    def _read_part(self) -> list[Row]:
        """The rows of the file. A last line that was cut off is removed, and measured again."""
        lines = self.file.read_text(encoding="utf-8").splitlines()
        try:
            parsed = [json.loads(line) for line in lines[:-1]]
            settings, last = parsed[0]["settings"] if parsed else json.loads(lines[0])["settings"], lines[-1]
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise HsalError(f"{self.file} is damaged: remove it, or add --fresh.") from error
        self._check(settings)
        try:
            parsed.append(json.loads(last))
        except ValueError:
            self.file.write_text("".join(f"{line}\n" for line in lines[:-1]), encoding="utf-8")
        return [row for record in parsed for row in record.get("rows", [])]

    def _read_table(self) -> list[Row]:
        try:
            table = pq.read_table(self.out)
            self._check(json.loads((table.schema.metadata or {})[b"hsal"])["settings"])
            return table.to_pylist()
        except (OSError, ValueError, KeyError, pa.ArrowException) as error:
            raise HsalError(f"{self.out} is no table of this benchmark: choose another --out, or --fresh.") from error

    def _check(self, settings: Any) -> None:
        if settings != self.settings:
            raise HsalError(f"{self.out} was measured with other settings: choose another --out, or add --fresh.")
