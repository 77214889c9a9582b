"""SVHN's full numbers: a small file of the same structure, a local server, and the real samples if available."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from hsal.data.base import DataError
from hsal.data.svhn import files as svhn_files
from hsal.data.svhn import multiset as svhn
from hsal.data.svhn.files import download, find_part, read_annotations, unpack
from hsal.data.svhn.full_images import Samples, cut_number
from hsal.data.svhn.multiset import SVHNNumbers

SAMPLES = Path(os.environ.get("HSAL_DATA") or "/nowhere") / "svhn_samples"
real = pytest.mark.skipif(not SAMPLES.is_dir(), reason="HSAL_DATA holds no svhn_samples")

Known = list[tuple[Image.Image, tuple[int, ...], list[list[float]]]]  # image, labels 0..9, boxes


def write_part(folder: Path, known: Known) -> None:
    """Images 1.png, 2.png, ... and their digitStruct.mat as MATLAB 7.3 writes it."""
    folder.mkdir(parents=True)
    with h5py.File(folder / "digitStruct.mat", "w") as file:
        struct, refs = file.create_group("digitStruct"), file.create_group("#refs#")
        names, groups = [], []
        for number, (image, labels, boxes) in enumerate(known, 1):
            image.save(folder / f"{number}.png")
            letters = np.array([[ord(letter)] for letter in f"{number}.png"], dtype=np.uint16)
            names.append(refs.create_dataset(f"n{number}", data=letters).ref)
            group = refs.create_group(f"b{number}")
            rows = [(b[3] - b[1], d or 10, b[0], b[1], b[2] - b[0]) for d, b in zip(labels, boxes, strict=True)]
            for field, values in zip(("height", "label", "left", "top", "width"), zip(*rows, strict=True), strict=True):
                write_field(refs, group, f"{field}{number}", field, values)
            groups.append(group.ref)
        for name, references in (("name", names), ("bbox", groups)):
            struct.create_dataset(name, data=np.array(references, dtype=h5py.ref_dtype)[:, None], dtype=h5py.ref_dtype)


def write_field(refs: h5py.Group, group: h5py.Group, key: str, field: str, values: tuple[float, ...]) -> None:
    if len(values) == 1:
        group.create_dataset(field, data=np.array([[float(values[0])]]))
        return
    ones = [refs.create_dataset(f"{key}_{i}", data=np.array([[float(v)]])).ref for i, v in enumerate(values)]
    group.create_dataset(field, data=np.array(ones, dtype=h5py.ref_dtype)[:, None], dtype=h5py.ref_dtype)


def made_numbers(count: int) -> Known:
    """Images of 80x40 px, digits of 10x20 side by side from (30,10) on; red encodes the number, green the label."""
    known: Known = []
    for number in range(count):
        labels = tuple((number + place) % 10 for place in range(number % 3 + 1))
        pixels = np.full((40, 80, 3), 10 * (number % 20), dtype=np.uint8)
        boxes = [[30.0 + 10 * place, 10.0, 40.0 + 10 * place, 30.0] for place in range(len(labels))]
        for label, (left, top, right, bottom) in zip(labels, boxes, strict=True):
            pixels[int(top) : int(bottom), int(left) : int(right), 1] = 20 * label
        known.append((Image.fromarray(pixels), labels, boxes))
    return known


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HSAL_DATA and an empty cache."""
    monkeypatch.setenv("HSAL_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HSAL_CACHE", str(tmp_path / "cache"))
    return tmp_path / "data"


@pytest.fixture
def parts(data: Path, monkeypatch: pytest.MonkeyPatch) -> Known:
    monkeypatch.setattr(svhn, "VALIDATION", 5)
    known = made_numbers(23)
    write_part(data / "svhn" / "train", known)
    write_part(data / "svhn" / "test", known[:7])
    return known


def packed(tmp_path: Path, part: str = "test") -> bytes:
    write_part(tmp_path / "pack" / part, made_numbers(4))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        archive.add(tmp_path / "pack" / part, part)
    return buffer.getvalue()


class Server:
    """Serves bytes with ranges; `sent` limits how many are sent before the connection is closed."""

    def __init__(self, content: bytes) -> None:
        self.content, self.sent, self.ranges = content, len(content), True
        self.asked: list[str | None] = []


@pytest.fixture
def server(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    state = Server(packed(tmp_path))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.asked.append(asked)
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and state.ranges else 0
            self.send_response(206 if start else 200)
            self.end_headers()
            self.wfile.write(state.content[start : start + state.sent])

        def log_message(self, *_: object) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=served.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setattr(svhn_files, "BASE", f"http://127.0.0.1:{served.server_port}")
    monkeypatch.setitem(svhn_files.SIZES, "test", len(state.content))
    monkeypatch.setitem(svhn_files.SHA256, "test", hashlib.sha256(state.content).hexdigest())
    yield state
    served.shutdown()
    thread.join()
    served.server_close()


def test_reads_annotations_as_matlab_writes_them(parts: Known, data: Path) -> None:
    for _ in range(2):  # from the file, then from the copy in the cache
        found = read_annotations(data / "svhn" / "train")
        assert found.names.tolist() == [f"{number}.png" for number in range(1, 24)]
        for place, (_, labels, boxes) in enumerate(parts):
            rows = slice(*found.offsets[place : place + 2])
            assert tuple(found.labels[rows]) == labels  # 10 becomes 0
            assert found.boxes[rows].tolist() == boxes


@pytest.mark.usefixtures("parts")
def test_splits_partition_the_numbers() -> None:
    train, validation, test = (SVHNNumbers(split) for split in ("train", "validation", "test"))
    assert (train.scenes, validation.scenes, test.scenes) == (18, 5, 7)
    assert sorted(train.ids + validation.ids) == list(range(1, 24))
    assert test.ids == tuple(range(1, 8))


def test_a_scene_shows_its_number(parts: Known) -> None:
    source = SVHNNumbers("test", size_px=52)
    for index, (_, labels, _) in enumerate(parts[:7]):
        scene = source.render(0, index)
        assert scene.image.shape == (52, 52, 3)
        assert scene.labels == tuple(sorted(labels))
        for box in scene.boxes:
            assert (box.top_px, box.bottom_px) == (6, 46)  # 20 of 26 px on 52
            middle = scene.image[26, (box.left_px + box.right_px) // 2]
            assert abs(int(middle[1]) - 20 * box.label) <= 2
            assert abs(int(middle[0]) - 10 * index) <= 2


@pytest.mark.usefixtures("parts")
def test_single_scenes_show_one_digit() -> None:
    source = SVHNNumbers("validation", single=True)
    assert source.scenes == sum(len(labels) for _, labels, _ in (made_numbers(23)[id_ - 1] for id_ in source.ids[:5]))
    for index in range(source.scenes):
        scene = source.render(0, index)
        (box,) = scene.boxes
        middle = scene.image[(box.top_px + box.bottom_px) // 2, (box.left_px + box.right_px) // 2]
        assert abs(int(middle[1]) - 20 * scene.labels[0]) <= 12


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("single", [False, True])
def test_training_scenes_are_functions_of_seed_and_index(single: bool) -> None:
    one, other = SVHNNumbers("train", single=single), SVHNNumbers("train", single=single)
    assert (one.batch(2, 0, 6)[0][4] == other.render(2, 4).image).all()
    assert not (one.render(2, 4).image == one.render(3, 4).image).all()


def test_boxes_follow_their_digits_when_cropping_at_the_border() -> None:
    pixels = np.zeros((20, 30, 3), dtype=np.uint8)
    pixels[:, :10] = 200  # the digit fills the image's height at its left edge
    number = cut_number(Image.fromarray(pixels), (4,), np.array([[0.0, 0, 10, 20]]), digit_px=40)
    left, top, right, bottom = number.boxes[0].round().astype(int)
    near = np.asarray(number.canvas.near)
    assert (bottom - top, right - left) == (40, 20)
    assert (near[top:bottom, left : right - 2] == 200).all()
    assert (near[top:bottom, right + 2 : right + 10] == 0).all()
    assert (near[0, : right - 2] == 200).all()  # above, the edge is extended


def test_checks_and_unpacks_a_download_and_removes_the_archive(server: Server, data: Path) -> None:
    folder = find_part("test")
    assert read_annotations(folder).names.tolist() == ["1.png", "2.png", "3.png", "4.png"]
    assert SVHNNumbers("test").scenes == 4
    assert [path.name for path in folder.parent.glob("*.gz*")] == []
    assert server.asked == [None]


@pytest.mark.parametrize("ranges", [True, False])
def test_resumes_an_interrupted_download(server: Server, ranges: bool) -> None:
    server.sent, server.ranges = 100, ranges
    with pytest.raises(DataError, match=r"ended early, at 100 bytes: run again"):
        download("test")
    server.sent = len(server.content)
    assert download("test").read_bytes() == server.content
    assert server.asked == [None, "bytes=100-"]


def test_rejects_a_wrong_checksum_and_leaves_no_file(server: Server, tmp_path: Path) -> None:
    server.content = server.content[:-1] + b"?"
    with pytest.raises(DataError, match=r"wrong checksum and was deleted: run again"):
        find_part("test")
    assert list((tmp_path / "cache" / "svhn").iterdir()) == []


@pytest.mark.usefixtures("data")
def test_reports_a_missing_network_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(svhn_files, "BASE", "http://127.0.0.1:9")
    with pytest.raises(DataError, match=r"could not be downloaded .*or put the file in HSAL_DATA/svhn\.$") as caught:
        SVHNNumbers("train")
    assert "\n" not in str(caught.value)


def test_unpacks_an_archive_in_hsal_data_into_the_cache(data: Path, tmp_path: Path) -> None:
    (data / "svhn").mkdir(parents=True)
    (data / "svhn" / "test.tar.gz").write_bytes(packed(tmp_path))
    assert find_part("test") == tmp_path / "cache" / "svhn" / "test"
    assert (data / "svhn" / "test.tar.gz").is_file()


@pytest.mark.parametrize(
    "kind", ["cut", "no archive", "climbs out", "climbs within", "nameless", "link", "other files"]
)
def test_rejects_an_unsafe_archive_and_leaves_no_file(kind: str, data: Path, tmp_path: Path) -> None:
    good, path = packed(tmp_path), tmp_path / "test.tar.gz"
    path.write_bytes({"cut": good[: len(good) // 2], "no archive": b"<html>"}.get(kind, good))
    names = {"climbs out": "../../1.png", "climbs within": "test/..", "nameless": ".", "link": "test/digitStruct.mat",
             "other files": "test/1.png"}
    if kind in names:
        member = tmp_path / "pack" / "test" / "1.png"
        if kind == "link":
            member = tmp_path / "pack" / "link"
            member.symlink_to("/etc/hostname")
        with tarfile.open(path, "w:gz") as archive:
            archive.add(member, names[kind])
    with pytest.raises(DataError, match=r"download (it|the file) again"):
        unpack(path, "test")
    assert list((tmp_path / "cache" / "svhn").iterdir()) == []


@pytest.mark.usefixtures("parts")
def test_reports_damaged_files_in_one_sentence(data: Path) -> None:
    (data / "svhn" / "test" / "3.png").write_bytes(b"no image")
    with pytest.raises(DataError, match=r"3\.png is missing or damaged"):
        SVHNNumbers("test").render(0, 2)
    (data / "svhn" / "test" / "digitStruct.mat").write_bytes(b"no HDF5")
    with pytest.raises(DataError, match=r"digitStruct\.mat is damaged .*download SVHN again"):
        SVHNNumbers("test")


def test_reports_missing_samples_with_a_remedy(data: Path) -> None:
    with pytest.raises(DataError, match="set HSAL_DATA to a folder that holds svhn_samples/"):
        Samples()


@real
def test_reads_the_real_samples_in_this_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = Samples(size_px=48)
    assert samples.scenes == 17
    known = [samples.image(number) for number in range(17)]
    write_part(tmp_path / "svhn" / "test", [(image, labels, boxes.tolist()) for image, labels, boxes in known])
    assert len(samples.trained_on) == 17
    assert not any(trained for id_, trained in zip(samples.ids, samples.trained_on, strict=True) if "train" in id_)
    monkeypatch.setenv("HSAL_DATA", str(tmp_path))
    monkeypatch.setenv("HSAL_CACHE", str(tmp_path / "cache"))
    source = SVHNNumbers("test", size_px=48)
    for index in range(17):
        scene, expected = source.render(0, index), samples.render(0, index)
        assert (scene.labels, scene.boxes) == (expected.labels, expected.boxes)
        assert (scene.image == expected.image).all()
