"""The link of Step through, and one sentence for each invalid value."""

import numpy as np
import pytest

from app.address import Address, pack_drawing, parse, to_parameters, unpack_drawing

SAMPLES = ["1", "2"]
WEIGHTS = {"mnist-multiset": "mnist-multiset", "other": "mnist-set", "streets": "street-numbers"}  # name -> task


def read(**parameters: str) -> tuple[Address, list[str]]:
    return parse(parameters, SAMPLES, WEIGHTS)


@pytest.mark.parametrize(
    "address",
    [
        Address("sample", sample="2", weights="other", moment=7),
        Address("scene", sample="1", seed=5, index=999_999, digits=0, weights="mnist-multiset"),
        Address("scene", sample="1", seed=5, index=57, weights="streets", moment=2),
        Address("upload", sample="1", weights="streets"),
        Address("scene", sample="1", seed=2**31 - 1, digits=8, smallest=14, largest=50, clutter=0, weights="other"),
        Address("draw", sample="1", drawing=pack_drawing(np.zeros((100, 100), np.uint8)), weights="other"),
    ],
)
def test_a_link_is_read_back_to_its_state(address: Address) -> None:
    assert parse(to_parameters(address, WEIGHTS[address.weights]), SAMPLES, WEIGHTS) == (address, [])


def test_only_fields_of_the_input_are_written() -> None:
    assert to_parameters(Address("sample", sample="2", seed=5, weights="other"), "mnist-set") == {
        "input": "sample", "sample": "2", "weights": "other", "moment": "0",
    }


def test_scenes_of_a_task_without_settings_have_a_seed_and_an_index() -> None:
    address = Address("scene", seed=1, index=57, digits=2, clutter=0, weights="streets")
    assert to_parameters(address, "street-numbers") == {
        "input": "scene", "seed": "1", "index": "57", "weights": "streets", "moment": "0",
    }
    assert {"digits", "smallest", "largest", "clutter"} <= set(to_parameters(address, "mnist-set"))


def test_an_empty_link_is_the_first_sample_and_the_default_weights() -> None:
    assert read() == (Address(sample="1", weights="mnist-multiset"), [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("seed", "abc"), ("seed", "-1"), ("seed", str(2**31)), ("seed", "1e3"), ("seed", "９"), ("seed", "9" * 5000),
        ("weights", "nope"), ("weights", "../../etc/passwd"), ("index", "-1"), ("index", "1000000"),
        ("moment", "-3"), ("moment", "x"), ("digits", "9"), ("digits", "-1"), ("clutter", "1000"), ("smallest", "2"),
    ],
)
def test_each_invalid_value_is_one_sentence_and_the_others_are_used(name: str, text: str) -> None:
    address, problems = read(**{"input": "scene", "largest": "44", name: text})
    assert len(problems) == 1
    assert name in problems[0]
    assert len(problems[0]) < 200
    assert "\n" not in problems[0]
    assert address.largest == 44
    assert getattr(address, name) == getattr(Address(sample="1", weights="mnist-multiset"), name)


@pytest.mark.parametrize(
    ("input", "name", "text"),
    [
        ("sample", "sample", "99"), ("camera", "input", "camera"), ("draw", "drawing", "%%%"),
        ("draw", "drawing", "AAAA"),
    ],
)
def test_invalid_values_of_the_other_inputs(input: str, name: str, text: str) -> None:
    address, problems = read(**{"input": input, name: text})
    assert len(problems) == 1
    assert name in problems[0]
    assert getattr(address, name) == getattr(Address(sample="1"), name)


@pytest.mark.parametrize(
    "parameters",
    [
        {"input": "sample", "seed": "abc", "digits": "99", "drawing": "%%%"},
        {"input": "draw", "sample": "99", "smallest": "50", "largest": "20"},
        {"input": "upload", "index": "-1"},
        {"input": "scene", "weights": "streets", "digits": "99", "clutter": "x", "smallest": "50", "largest": "20"},
    ],
)
def test_fields_of_other_inputs_are_not_reported(parameters: dict[str, str]) -> None:
    address, problems = parse(parameters, SAMPLES, WEIGHTS)
    assert problems == []
    assert address == Address(parameters["input"], sample="1", weights=parameters.get("weights", "mnist-multiset"))


def test_reversed_sizes_are_reported_and_reset() -> None:
    address, problems = read(input="scene", smallest="50", largest="20")
    assert (address.smallest, address.largest, len(problems)) == (20, 50, 1)


def test_unknown_parameters_are_ignored() -> None:
    assert read(utm_source="mail") == read()


def test_a_drawing_survives_to_a_sixteenth_of_its_range() -> None:
    image = np.random.default_rng(0).integers(0, 256, (100, 100)).astype(np.uint8)
    back = unpack_drawing(pack_drawing(image))
    assert np.abs(back.astype(int) - image).max() <= 9  # sixteen levels, 17 apart


def test_strokes_make_a_short_link() -> None:
    image = np.zeros((100, 100), np.uint8)
    image[20:80, 30:35] = 255
    image[20:25, 30:70] = 200
    assert len(pack_drawing(image)) < 200


def test_a_drawing_that_decompresses_to_too_much_is_rejected() -> None:
    import base64
    import zlib

    bomb = base64.urlsafe_b64encode(zlib.compress(bytes(10**7), 9)).decode()
    with pytest.raises(ValueError, match="not a drawing"):
        unpack_drawing(bomb)
