"""Results measured so far, so that a benchmark that was stopped, or gets more models, continues."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from hsal.gaze.benchmark.former_names import present_record, present_settings
from hsal.gaze.benchmark.record import BenchmarkRecord
from hsal.gaze.benchmark.table import Benchmark, BenchmarkError, assemble, load_benchmark, write_benchmark

FORMER_FINGERPRINT = "pictures"  # setting of earlier versions: a digest of names, sizes and fixations alone
log = logging.getLogger("hsal")


class PartialResults:
    """FILE.part next to the table FILE: the settings in its first line, then one line per model and image."""

    def __init__(
        self, out: Path, settings: Mapping[str, Any], fresh: bool = False, *,
        versions: Mapping[str, str] | None = None, former_fingerprint: str = "",
    ) -> None:
        """Load the results in FILE and FILE.part.

        Args:
            out: the table's path.
            settings: of the benchmark; results with other settings are refused.
            fresh: ignore existing results.
            versions: model -> version of its code; results of another known version are measured again.
            former_fingerprint: the images' digest as earlier versions computed it.
        Raises:
            BenchmarkError: existing results have other settings or are damaged.
        """
        self.out, self.part, self.settings = out, out.with_name(out.name + ".part"), dict(settings)
        self.versions, self.former_fingerprint = versions or {}, former_fingerprint
        self.records: dict[tuple[str, str], BenchmarkRecord] = {}
        self.before: Mapping[str, Any] = {}
        if fresh:
            self.part.unlink(missing_ok=True)
        else:
            self._load_table()
            self._load_part()
            self._drop_other_versions()
        out.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._open()

    def __enter__(self) -> PartialResults:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def missing(self, models: Iterable[str], image: str) -> list[str]:
        """The models without a result on the image."""
        return [model for model in models if (model, image) not in self.records]

    def add(self, record: BenchmarkRecord) -> None:
        """Store one more result; it survives if the process is killed afterwards."""
        self.records[record.model, record.image] = record
        self._file.write(json.dumps(asdict(record)) + "\n")
        self._file.flush()

    def finish(self, models: Iterable[str], images: Iterable[str], about: Mapping[str, Any]) -> Benchmark:
        """Write the table of these models and delete FILE.part.

        Raises:
            BenchmarkError: no model was measured on every image.
        """
        chosen = set(models)
        records = (record for record in self.records.values() if record.model in chosen)
        benchmark = assemble(records, images, {**about, "settings": self.settings})
        write_benchmark(self.out, benchmark)
        self._file.close()
        self.part.unlink(missing_ok=True)
        return benchmark

    def _load_table(self) -> None:
        if not self.out.exists():
            return
        benchmark = load_benchmark(self.out)
        self._check(benchmark.about.get("settings"), self.out)
        self.before = benchmark.about
        self.records = {(record.model, record.image): record for record in benchmark.records()}

    def _load_part(self) -> None:
        if not self.part.exists() or not self.part.stat().st_size:
            return
        head, *lines = self.part.read_bytes().splitlines(keepends=True)
        try:
            self._check(json.loads(head), self.part)
            for line in lines:
                if line.endswith(b"\n"):  # the last one may be incomplete if its process was killed
                    record = BenchmarkRecord(**present_record(json.loads(line)))
                    self.records[record.model, record.image] = record
        except (AttributeError, KeyError, ValueError, TypeError) as error:
            raise BenchmarkError(f"{self.part} is damaged: delete it, or add --fresh.") from error

    def _drop_other_versions(self) -> None:
        other = {
            key for key, record in self.records.items()
            if record.version and record.version != self.versions.get(record.model, record.version)
        }
        for model in sorted({model for model, _ in other}):
            log.warning("The code of %s or of the metrics has changed: it is measured again.", model)
        self.records = {key: record for key, record in self.records.items() if key not in other}

    def _check(self, settings: Any, path: Path) -> None:
        found = present_settings(settings) if isinstance(settings, dict) else {}
        if FORMER_FINGERPRINT in found and found.pop(FORMER_FINGERPRINT) == self.former_fingerprint:
            log.warning("%s is of an earlier version: whether its images or boxes have changed is not known.", path)
            found["images"] = self.settings.get("images")
        different = [name for name in self.settings if name not in found or found[name] != self.settings[name]]
        if different or found.keys() - self.settings.keys():
            what = f"{path} was measured with other settings ({', '.join(different)})"
            raise BenchmarkError(f"{what}: choose another --out, or add --fresh to measure everything again.")

    def _open(self) -> TextIO:
        """FILE.part, opened for appending, without an incomplete last line."""
        if self.part.exists() and self.part.stat().st_size:
            with self.part.open("r+b") as existing:
                content = existing.read()
                existing.truncate(content.rfind(b"\n") + 1)
            if content.count(b"\n"):
                return self.part.open("a", encoding="utf-8")
        file = self.part.open("w", encoding="utf-8")
        file.write(json.dumps(self.settings) + "\n")
        file.flush()
        return file
