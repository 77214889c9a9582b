"""The photos of People and model: scanpaths of each person, and what cannot be used of a visitor's files."""

from __future__ import annotations

import numpy as np
import pytest

from app.people.photos import (
    NO_SUBJECTS,
    another_photo,
    has_people,
    listed_photo,
    own_photo,
    people_of,
    photo_titles,
    )
from hsal.data.fixations.base import Fixations
from hsal.data.images import ImageError
from tests.fixtures.step_through import image_bytes

CSV = b"image,x,y,subject,duration\nbar.png,10,20,b,200\nbar.png,30,40,a,100\nbar.png,50,60,b,300\nbar.png,5,6,a,90\n"


@pytest.fixture(autouse=True)
def _no_osie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HSAL_DATA", raising=False)


def fixations(subject: list[int], durations: bool = True) -> Fixations:
    count = np.arange(len(subject) or 3, dtype=np.float32)
    return Fixations(count, 10 + count, np.array(subject), 100 + count if durations else np.empty(0, np.float32))


def test_fixations_are_split_by_person_in_the_order_of_time() -> None:
    people, notes = people_of(fixations([1, 0, 1, 0]))
    assert [path.points.tolist() for path in people] == [[[1, 11], [3, 13]], [[0, 10], [2, 12]]]
    assert [path.duration_ms.tolist() for path in people] == [[101, 103], [100, 102]]
    assert notes == ()


def test_without_subjects_there_is_one_path_and_a_note() -> None:
    people, notes = people_of(fixations([], durations=False))
    assert len(people) == 1
    assert len(people[0].duration_ms) == 0
    assert notes == (NO_SUBJECTS,)


def test_people_with_one_fixation_are_named() -> None:
    assert people_of(fixations([0, 1, 1]))[1] == (
        "Person 1 has one fixation only, so there is no next one to predict.",
    )
    assert people_of(fixations([0, 1, 2, 2]))[1][0].startswith("People 1 and 2 have one fixation each")


def test_sample_photos_have_no_people_and_invented_fixations_are_not_offered() -> None:
    assert len(photo_titles()) >= 8
    for name in photo_titles():
        assert not has_people(name)
        assert listed_photo(name).people == ()
        assert listed_photo(name).pixels.shape[2] == 3


def test_an_own_photo_with_its_fixations() -> None:
    photo = own_photo(("bar.png", image_bytes()), ("bar.csv", CSV))
    assert photo.title == "bar.png"
    assert [path.duration_ms.tolist() for path in photo.people] == [[100, 90], [200, 300]]
    assert photo.notes == ()
    other = own_photo(("bar.png", image_bytes()), ("bar.csv", CSV.replace(b"10,20", b"11,20")))
    assert photo.digest != other.digest


@pytest.mark.parametrize(("table", "reason"), [
    (b"image,x,y\nother.png,1,1\n", "names none of the images"), (b"x,z\n1,2\n", "there is no column y"),
    (b"x,y\n9999,1\n", "lie outside their images"), (b"", "is empty"),
])
def test_a_file_of_fixations_that_does_not_fit_leaves_the_photo(table: bytes, reason: str) -> None:
    photo = own_photo(("bar.png", image_bytes()), ("bar.csv", table))
    assert photo.people == ()
    assert len(photo.notes) == 1
    assert photo.notes[0].startswith("The photo is shown without people: ")
    assert reason in photo.notes[0]


def test_a_photo_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ImageError):
        own_photo(("bar.png", b"nothing"), None)


def test_without_osie_there_is_no_other_photo_with_people() -> None:
    assert another_photo(own_photo(("bar.png", image_bytes()), ("bar.csv", CSV))) is None
