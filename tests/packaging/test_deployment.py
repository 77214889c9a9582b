"""The files for CI, pre-commit and Docker agree with the project."""

from __future__ import annotations

import fnmatch
import re
import shlex
import tomllib
from typing import Any

import pytest
import yaml

from hsal.cli import COMMANDS, command_name
from tests.fixtures.browser import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")


def instructions(name: str) -> list[str]:
    """The arguments of all instructions of one kind in the Dockerfile."""
    return re.findall(rf"(?m)^\s*{name} (.+)$", DOCKERFILE)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_source_that_docker_copies_exists_and_reaches_the_build() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert lines[0] == "*"
    allowed = [line.removeprefix("!") for line in lines if line.startswith("!")]
    sources = [source for copy in instructions("COPY") for source in shlex.split(copy)[:-1]]
    assert {"hsal", "app", "pages", "assets", "results", "pyproject.toml", "hatch_build.py"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(source, pattern) for pattern in allowed), source


def test_the_image_serves_the_app_as_a_non_root_user() -> None:
    assert instructions("USER") == ["hsal"]
    assert DOCKERFILE.index("USER hsal") < DOCKERFILE.index("\nCMD")
    (command,) = re.findall(r'(?m)^CMD \["hsal", "(\w+)", "--host", "0.0.0.0"', DOCKERFILE)
    assert command in map(command_name, COMMANDS)
    assert "/_stcore/health" in DOCKERFILE


def test_the_image_installs_a_pair_of_torch_and_torchvision_that_the_project_allows() -> None:
    (pip,) = [line for line in instructions("RUN") if "whl/cpu" in line]
    for name in ("torch", "torchvision"):
        (allowed,) = [one for one in project()["project"]["dependencies"] if one.startswith(f"{name}>=")]
        below = allowed.split("<")[1]
        assert re.search(rf'"{name}>=[\d.]+,<{re.escape(below)}"', pip), name


def test_ci_runs_the_checks_on_every_supported_python() -> None:
    job = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]["check"]
    supported = [line.rsplit(" ", 1)[1] for line in project()["project"]["classifiers"] if "Python :: 3." in line]
    assert job["strategy"]["matrix"]["python"] == supported
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    script = (ROOT / ".ci" / "run").read_text()
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"(?m)^make (\w+)", script)
    assert targets == ["lint", "test", "docs", "reproduce"]
    assert all(re.search(rf"(?m)^{target}: setup$", makefile) for target in targets)


@pytest.mark.parametrize("tool", ["ruff check", "mypy", "lint-imports", "codespell", "check_phrases.py"])
def test_pre_commit_runs_what_make_lint_runs(tool: str) -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    lint = re.search(r"(?m)^lint: setup\n((?:\t.+\n)+)", (ROOT / "Makefile").read_text())
    assert lint is not None
    assert tool in lint[1]
    assert sum(tool in hook["entry"] for hook in repository["hooks"]) == 1
    assert len(repository["hooks"]) == lint[1].count("\n")


def test_dependencies_are_listed_once() -> None:
    groups = {"library": project()["project"]["dependencies"], **project()["project"]["optional-dependencies"]}
    names = [re.split(r"[\[<>=]", one)[0].lower() for listed in groups.values() for one in listed]
    assert sorted(names) == sorted(set(names))
    assert "streamlit" not in [re.split("[<>=]", one)[0] for one in groups["library"]]
    assert re.findall(r"(?m)^[^#\n].*$", (ROOT / "requirements.txt").read_text()) == ["--editable .[app,dev]"]
