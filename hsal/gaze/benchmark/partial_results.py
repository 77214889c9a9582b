"""What a benchmark has measured so far, so that a run that was killed, or is asked for more models, goes on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from hsal.gaze.benchmark.record import Record
from hsal.gaze.benchmark.table import Benchmark, BenchmarkError, assembled, load_benchmark, write_benchmark


class PartialResults:
    """FILE.part beside the table FILE: its settings in the first line, then a line a model and image."""

    def __init__(self, out: Path, settings: Mapping[str, Any], fresh: bool = False) -> None:
        """Go on with what FILE and FILE.part hold.

        Args:
            settings: of the measurement; what was measured with others cannot stand beside it.
            fresh: measure all anew.
        Raises:
            BenchmarkError: there are measurements with other settings, or damaged ones.
        """
        self.out, self.part, self.settings = out, out.with_name(out.name + ".part"), dict(settings)
        self.rated: dict[tuple[str, str], Record] = {}
        self.before: Mapping[str, Any] = {}
        if fresh:
            self.part.unlink(missing_ok=True)
        else:
            self._take_table()
            self._take_part()
        out.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._begun()

    def __enter__(self) -> PartialResults:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def missing(self, models: Iterable[str], picture: str) -> list[str]:
        """Those of the models that were not measured on the image."""
        return [model for model in models if (model, picture) not in self.rated]

    def add(self, rated: Record) -> None:
        """Keep one more; a process that is killed afterwards does not lose it."""
        self.rated[rated.model, rated.picture] = rated
        self._file.write(json.dumps(asdict(rated)) + "\n")
        self._file.flush()

    def finish(self, models: Iterable[str], pictures: Iterable[str], about: Mapping[str, Any]) -> Benchmark:
        """Write the table of these models, and put FILE.part away.

        Raises:
            BenchmarkError: no model was measured on every image.
        """
        chosen = set(models)
        rated = (one for one in self.rated.values() if one.model in chosen)
        benchmark = assembled(rated, pictures, {**about, "settings": self.settings})
        write_benchmark(self.out, benchmark)
        self._file.close()
        self.part.unlink(missing_ok=True)
        return benchmark

    def _take_table(self) -> None:
        if not self.out.exists():
            return
        found = load_benchmark(self.out)
        self._check(found.about.get("settings"), self.out)
        self.before = found.about
        self.rated = {(one.model, one.picture): one for one in found.rated()}

    def _take_part(self) -> None:
        if not self.part.exists() or not self.part.stat().st_size:
            return
        head, *lines = self.part.read_bytes().splitlines(keepends=True)
        try:
            self._check(json.loads(head), self.part)
            for line in lines:
                if line.endswith(b"\n"):  # the last may have been cut off by the end of its process
                    one = Record(**json.loads(line))
                    self.rated[one.model, one.picture] = one
        except (ValueError, TypeError) as error:
            raise BenchmarkError(f"{self.part} is damaged: delete it, or add --fresh.") from error

    def _check(self, settings: Any, path: Path) -> None:
        if settings != self.settings:
            theirs = settings if isinstance(settings, dict) else {}
            other = [name for name in self.settings if theirs.get(name) != self.settings[name]]
            told = f"{path} was measured with other settings ({', '.join(other)})"
            raise BenchmarkError(f"{told}: choose another --out, or add --fresh to measure all anew.")

    def _begun(self) -> TextIO:
        """FILE.part, open for more, whole lines alone in it."""
        if self.part.exists() and self.part.stat().st_size:
            with self.part.open("r+b") as file:
                whole = file.read()
                file.truncate(whole.rfind(b"\n") + 1)
            if whole.count(b"\n"):
                return self.part.open("a", encoding="utf-8")
        file = self.part.open("w", encoding="utf-8")
        file.write(json.dumps(self.settings) + "\n")
        file.flush()
        return file
