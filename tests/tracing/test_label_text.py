"""Predicted labels as text: digits, photos with probabilities, unsure and withheld ones."""

from __future__ import annotations

from dataclasses import replace

from hsal.tracing.label_text import labels_text
from tests.fixtures.photo_traces import make_photo_trace
from tests.fixtures.traces import make_trace


def test_digits_are_separated_by_spaces() -> None:
    assert labels_text(make_trace()) == "3 7"
    assert labels_text(make_trace(labels=(10,), rewards=(1.0,))) == "no labels"


def test_labels_of_a_photo_have_probabilities_and_may_be_unsure() -> None:
    assert labels_text(make_photo_trace(fixations=3)) == "laptop 62%, computer keyboard 34%, unsure (mouse 12%)"


def test_withheld_labels_are_not_shown() -> None:
    assert labels_text(replace(make_trace(), withheld="A reason.")) == "labels withheld"
