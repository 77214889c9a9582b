"""Settings of earlier versions by the names of this one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FORMER_BOOLEANS = {"expected_label": True, "log_label": False, "expected_location": False}  # with their defaults


def upgrade_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a config by the names of this version; up to version 0.1 the estimators were three booleans."""
    upgraded = {name: value for name, value in values.items() if name not in FORMER_BOOLEANS}
    former = {**FORMER_BOOLEANS, **values}
    if FORMER_BOOLEANS.keys() & values.keys():
        label = "expected" if former["expected_label"] else "sampled"
        upgraded.setdefault("label_estimator", "log-probability" if former["log_label"] else label)
        upgraded.setdefault("location_estimator", "expected" if former["expected_location"] else "sampled")
    if upgraded.get("cut") == "picture":
        upgraded["cut"] = "image"
    return upgraded
