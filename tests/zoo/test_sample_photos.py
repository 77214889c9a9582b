"""The sample photos: files that may be redistributed, and their recorded traces."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hsal.data.images import ImageError
from hsal.zoo import samples
from tests.fixtures.traces import make_trace


def test_each_photo_is_small_and_has_a_line_in_sources() -> None:
    lines = (samples.PHOTOS / "SOURCES.md").read_text().splitlines()
    named = {line.split("|")[1].strip() for line in lines if line.startswith("| ") and ".jpg" in line}
    assert named == {path.name for path in samples.PHOTOS.glob("*.jpg")}
    assert len(named) >= 8
    for path in samples.sample_photos().values():
        assert path.stat().st_size <= 150_000
        with Image.open(path) as photo:
            assert max(photo.size) <= 1024


def test_the_featured_photo_is_first() -> None:
    assert next(iter(samples.sample_photos())) == samples.FEATURED_PHOTO


def test_an_unknown_photo_is_one_sentence() -> None:
    with pytest.raises(ImageError, match=r'^There is no sample photo "nope": choose one of coffee, '):
        samples.photo_pixels("nope")


def test_a_recorded_trace_holds_the_photo_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "photos.jsonl.gz"
    monkeypatch.setattr(samples, "PHOTO_TRACES", file)
    photo = samples.photo_pixels("cat")
    made = make_trace(truth=None)
    trace = replace(made, image=photo, boxes=(), viewing="free", source=replace(made.source, name="cat"))
    samples.write_photo_traces([trace], file)
    for clear in (samples.recorded_photo.cache_clear, samples._photo_records.cache_clear):
        clear()
    try:
        again = samples.recorded_photo("cat")
        assert again is not None
        assert again.to_json() == trace.to_json()
        assert samples.recorded_photo("coffee") is None
        np.testing.assert_array_equal(again.image, photo)
    finally:
        samples.recorded_photo.cache_clear()
        samples._photo_records.cache_clear()


def test_every_sample_photo_has_a_recorded_trace_of_the_shipped_weights() -> None:
    for name in samples.sample_photos():
        trace = samples.recorded_photo(name)
        assert trace is not None, "run make assets"
        assert (trace.source.weights, trace.source.name, trace.viewing) == ("photos", name, "free")
        assert trace.withheld == ""
        np.testing.assert_array_equal(trace.image, samples.photo_pixels(name))
