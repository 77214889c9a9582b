"""Config dataclasses: every field refuses values that its annotation does not allow."""

from __future__ import annotations

import json
import math
from dataclasses import Field, fields
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
import numpy as np
import pytest

from hsal.config import ConfigError, ModelConfig, PretrainConfig, SceneConfig, TrainConfig, from_json, to_json

CONFIGS = (SceneConfig, ModelConfig, PretrainConfig, TrainConfig)
FIELDS = [pytest.param(kind, field, id=f"{kind.__name__}.{field.name}") for kind in CONFIGS for field in fields(kind)]


def annotation(kind: type, field: Field[Any]) -> Any:
    return get_type_hints(kind, include_extras=True)[field.name]


def impossible(kind: type, field: Field[Any]) -> list[Any]:
    """Values that no field with this annotation may hold."""
    wanted = annotation(kind, field)
    if get_origin(wanted) is Literal:
        return ["bogus", 5, None]
    base, *metadata = get_args(wanted) if get_origin(wanted) is Annotated else (wanted,)
    values: dict[type, list[Any]] = {
        int: [1.5, 2.0, True, "1", None, math.inf, math.nan], float: [math.inf, -math.inf, math.nan, "1.0", True, None],
        bool: [1, "true", None], str: [3, None, True],
    }
    below = [each.ge - 1 if each.gt is None else each.gt for each in metadata]
    above = [each.le + 1 for each in metadata if each.le is not None]
    return values[base] + below + above


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_every_field_refuses_impossible_values(kind: type, field: Field[Any]) -> None:
    for value in impossible(kind, field):
        with pytest.raises(ConfigError) as caught:
            kind(**{field.name: value})
        sentence = str(caught.value)
        assert sentence.startswith(f"{field.name} must be "), (value, sentence)
        assert sentence.endswith(".")
        with pytest.raises(ConfigError, match=field.name):  # json.dumps writes NaN and Infinity, json.loads reads them
            from_json(kind, json.dumps({**json.loads(to_json(kind())), field.name: value}))


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_every_number_has_bounds(kind: type, field: Field[Any]) -> None:
    wanted = annotation(kind, field)
    if wanted in (int, float):
        raise AssertionError(f"{field.name} has no bounds: annotate it with msgspec.Meta")


@pytest.mark.parametrize("kind", CONFIGS)
def test_a_config_survives_json(kind: type) -> None:
    assert from_json(kind, to_json(kind())) == kind()


def test_a_choice_names_the_choices() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig(objective="bogus")
    assert str(caught.value) == "objective must be one of reinforce, cross-entropy, multiset, not 'bogus'."
    with pytest.raises(ConfigError, match=r"^cell_px must be one of 4, 8, 16, 32, not 5\.$"):
        ModelConfig(cell_px=5)


def test_bounds_in_words() -> None:
    for kind, changes, sentence in (
        (TrainConfig, {"batch": 0}, "batch must be a whole number of at least 1, not 0."),
        (ModelConfig, {"beta_min": 0.0}, "beta_min must be a finite number above 0, not 0.0."),
        (SceneConfig, {"digits_max": 10}, "digits_max must be a whole number in 1..9, not 10."),
        (TrainConfig, {"clip": math.inf}, "clip must be a finite number of at least 0, not inf."),
    ):
        with pytest.raises(ConfigError) as caught:
            kind(**changes)
        assert str(caught.value) == sentence


def test_whole_and_numpy_numbers_may_stand_for_floats() -> None:
    assert TrainConfig(clip=3).clip == 3
    assert TrainConfig(learning_rate=np.float64(0.5)).learning_rate == 0.5


@pytest.mark.parametrize(("text", "reason"), [
    ("no json", "could not be read"), ("[1]", "could not be read"), ('{"brand_new": 1}', "no settings brand_new"),
])
def test_json_of_something_else_is_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        from_json(TrainConfig, text)
    assert "\n" not in str(caught.value)


def test_configs_are_read_by_msgspec_too() -> None:
    settings = {"objective": "multiset", "steps": 3}
    assert msgspec.convert(settings, TrainConfig) == TrainConfig(objective="multiset", steps=3)
    with pytest.raises(ConfigError, match="clip"):
        msgspec.convert({"clip": math.inf}, TrainConfig)
