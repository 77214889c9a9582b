"""The public interface of `hsal`: quick to import, complete, and the same from a path, an image and an array."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hsal
from hsal.data.images import ImageError
from hsal.evaluation.per_scene import Case
from hsal.tracing.interventions.schema import Edit
from tests.fixtures.browser import ROOT

IMPORT = """
import sys, time
start = time.process_time()
import hsal
print(time.process_time() - start, *sorted({name.split(".")[0] for name in sys.modules} & {"torch", "numpy", "PIL"}))
"""


def test_the_import_is_fast_and_does_not_load_torch() -> None:
    seconds = []
    for _ in range(5):
        printed = subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True, cwd=ROOT)
        first, *loaded = printed.stdout.split()
        assert loaded == []
        seconds.append(float(first))
    assert min(seconds) < 0.1


def test_every_public_name_is_importable() -> None:
    assert set(hsal.__all__) <= set(dir(hsal))
    assert all(getattr(hsal, name) is not None for name in hsal.__all__)
    with pytest.raises(AttributeError, match="module 'hsal' has no attribute 'nothing'"):
        hsal.nothing  # noqa: B018


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(hsal.__file__).read_text())
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = {node.module: tuple(name.name for name in node.names) for node in block.body}
    assert imports == hsal._MODULES
    assert {name for names in imports.values() for name in names} == set(hsal.__all__) - {"__version__"}


def test_a_path_an_image_and_an_array_give_the_same_trace(made: Path) -> None:
    path = made / "scenes" / "scene-5-00000.png"
    from_path = hsal.trace(path)
    assert from_path.truth is not None  # from scenes.jsonl beside it
    assert from_path.boxes
    with Image.open(path) as image:
        others = [hsal.trace(image), hsal.trace(np.array(image))]
    others.append(hsal.trace(str(path), hsal.load_model("mnist-multiset")))
    for other in others:
        assert isinstance(other, hsal.Trace)
        assert other.labels == from_path.labels
        assert [step.mask.tobytes() for step in other.steps] == [step.mask.tobytes() for step in from_path.steps]
    assert others[0].truth is None
    assert others[0].source.kind == "array"


def test_images_of_other_modes_are_decoded_like_files(tmp_path: Path) -> None:
    pixels = np.zeros((40, 60, 4), np.uint8)
    pixels[10:30, 20:26] = (255, 255, 255, 255)  # white on transparent
    clear, turned = Image.fromarray(pixels), Image.fromarray(pixels[..., :3])
    turned.getexif()[0x0112] = 6
    for name, image in (("clear.png", clear), ("turned.png", turned), ("printed.jpg", turned.convert("CMYK"))):
        image.save(tmp_path / name, exif=image.getexif())
    for name in ("clear.png", "turned.png", "printed.jpg"):
        with Image.open(tmp_path / name) as image:
            np.testing.assert_allclose(hsal.trace(image).image, hsal.trace(tmp_path / name).image, atol=2)
    with pytest.raises(ImageError, match="uint8"):
        hsal.trace(pixels[..., 0] / 255.0)


def test_interventions_can_be_plain_json(made: Path) -> None:
    path = made / "scenes" / "scene-5-00000.png"
    plain = hsal.trace(path, interventions={"edits": [{"step": 0, "label": 7}]})
    typed = hsal.trace(path, interventions=hsal.Interventions(edits=(Edit(step=0, label=7),)))
    assert plain.labels[0] == typed.labels[0] == 7
    assert plain.interventions == typed.interventions
    assert hsal.trace(path, saliency="itti_koch").source.saliency == "itti_koch"


def test_evaluate_returns_the_metrics(made: Path) -> None:
    cases: list[Case] = []
    measured = hsal.evaluate("mnist-multiset", scenes=6, digits="embedded", changes={"digits_max": 2}, cases=cases)
    assert measured["scenes"] == len(cases) == 6
    assert 0 <= measured["exact_match"] <= 1
    assert measured["changes"] == {"digits_max": 2}
    assert max(row["digits"] for row in measured["per_count"]) <= 2


def test_a_saliency_map_has_the_size_of_its_image(tmp_path: Path) -> None:
    image = np.zeros((60, 90, 3), np.uint8)
    image[20:30, 70:80] = (255, 40, 40)
    Image.fromarray(image).save(tmp_path / "red.png")
    found = hsal.saliency_map("itti_koch", tmp_path / "red.png")
    assert found.values.shape == (60, 90)
    row, column = np.unravel_index(found.values.argmax(), found.values.shape)
    assert 15 <= row <= 35
    assert 65 <= column <= 85
    np.testing.assert_array_equal(found.values, hsal.saliency_map("itti_koch", image).values)
    assert "itti_koch" in hsal.saliency_models()


def test_errors_share_one_base_class() -> None:
    with pytest.raises(hsal.HsalError, match="There are no weights 'nobodys'"):
        hsal.load_model("nobodys")

