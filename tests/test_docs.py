"""README, CONTRIBUTING, CHANGELOG and docs/: links, commands, module names and examples are true of the code."""

from __future__ import annotations

import ast
import contextlib
import importlib
import io
import re
import shlex
import tomllib
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import torch
import tyro
from streamlit.testing.v1 import AppTest

import hsal
from app.theme import PAGES as PAGES_OF_THE_APP
from hsal.cli import COMMANDS, command_name
from hsal.config import ModelConfig
from hsal.saliency.base import About, Stimulus

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")), *sorted((ROOT / "docs").rglob("*.md"))
]
KINDS = {command_name(kind): kind for kind in COMMANDS}
FOLDERS = r"hsal|app|pages|tests|benchmarks|assets|docs|results|\.ci"
DOTTED = re.compile(r"(?<![\w./-])(?:hsal|app|benchmarks)(?:\.[A-Za-z_]\w*)+")
NO_MODULES = {"hsal.py", "hsal.saliency.models.NAME"}
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


@every_page
def test_relative_links_resolve(page: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text()))
    relative = [target.partition("#")[0] for target in targets if not re.match(r"https?://|#|mailto:", target)]
    assert [target for target in relative if not (page.parent / target).exists()] == []


@every_page
def test_links_to_headings_resolve(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", without_code(page.read_text())):
        path, _, anchor = target.partition("#")
        if not path.startswith("http"):
            assert anchor in headings(page.parent / path if path else page), target


@every_page
def test_commands_and_flags_are_known(page: Path) -> None:
    for command, flags in commands_in(without_former_names(page.read_text())):
        assert command in KINDS, command
        assert [flag for flag in flags if flag not in known_flags(command)] == [], command


@every_page
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = "\n".join(code_in(page.read_text()))
    assert set(re.findall(r"^\s*make ([a-z]+)", code, re.MULTILINE)) <= targets


@every_page
def test_extras_exist(page: Path) -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(re.findall(r"(?:`\.?|'\.)\[([a-z]+)\]", page.read_text())) <= set(extras)


@every_page
def test_named_files_and_folders_exist(page: Path) -> None:
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL))
    paths = [one for one in inline if re.fullmatch(rf"({FOLDERS})/[\w./-]*", one)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@every_page
def test_named_modules_exist(page: Path) -> None:
    text = without_former_names(page.read_text())
    assert [name for name in sorted({*DOTTED.findall(text)} - NO_MODULES) if not exists(name)] == []


@every_page
def test_imports_in_examples_resolve(page: Path) -> None:
    for code in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("hsal"):
                module = importlib.import_module(node.module)
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == []


def test_every_page_of_the_app_is_described() -> None:
    guide, readme = ((ROOT / name).read_text() for name in ("docs/pages.md", "README.md"))
    titles = {title for _, title, _, _ in PAGES_OF_THE_APP}
    assert {title for title in titles if title not in guide} == set()
    assert {title for title in titles - {"Exercises"} if f"| {title} |" not in readme} == set()
    addresses = {path for *_, path in PAGES_OF_THE_APP}
    assert set(re.findall(r"`/([a-z-]+)", guide)) <= addresses


def test_the_example_backbone_is_one() -> None:
    config = ModelConfig()
    backbone = example("backbone").build(config)
    volume = backbone(torch.rand(2, config.image_channels, config.size_px, config.size_px))
    assert volume.shape == (2, backbone.channels, *backbone.map_size)
    assert backbone.map_size == (config.map_side, config.map_side)
    assert (volume >= 0).all()


def test_the_example_saliency_model_is_one() -> None:
    module = example("saliency")
    assert isinstance(module.ABOUT, About)
    values = module.build()(Stimulus(torch.rand(2, 3, 20, 30)))
    assert values.shape == (2, 20, 30)
    assert (values >= 0).all()


def test_the_example_dataset_is_one() -> None:
    source = example("dataset").Squares()
    scene, again = source.render(3, 5), source.render(3, 5)
    assert (scene.image == again.image).all()
    (box,) = scene.boxes
    assert scene.labels == again.labels == (box.label,)
    assert (scene.image[box.top_px : box.bottom_px, box.left_px : box.right_px] == 255).all()
    images, counts = source.batch(0, 0, 4)
    assert (images.shape, counts.sum()) == ((4, 100, 100), 4)


def test_the_example_page_draws() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text().partition("## Add a page")[2]
    match = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert match
    page = AppTest.from_string(match[1], default_timeout=60).run()
    assert not page.exception
    assert page.title[0].value == "Saliency of a scene"


def test_all_public_names_are_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "api.md").read_text()
    missing = [name for name in hsal.__all__ if not re.search(rf"hsal\.{name}\b|`{name}`", page)]
    assert missing == ["Checkpoint", "__version__"]  # Checkpoint: the result of `load_model`


def test_a_wrong_flag_is_found() -> None:
    ((command, flags),) = commands_in("```\nhsal trace a.png --no-such-flag x  # --a-comment\n```")
    assert (command, flags) == ("trace", ["--no-such-flag"])
    assert "--no-such-flag" not in known_flags("trace")
    assert {"--strip", "--json"} <= known_flags("trace")
    assert not exists("hsal.no_such_module")
    assert exists("hsal.model.hsal.HSAL")


def without_code(text: str) -> str:
    """A page's text without its code."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def without_former_names(text: str) -> str:
    """A page's text without the first column of tables that list renamed things."""
    tables = re.compile(r"^\|[^|\n]* 0\.1 \|.*?(?=^(?!\|))", re.MULTILINE | re.DOTALL)
    return tables.sub(lambda found: re.sub(r"^\|[^|]*\|", "|", found[0], flags=re.MULTILINE), text + "\n")


def code_in(text: str) -> list[str]:
    """Blocks of code and inline code."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def commands_in(text: str) -> list[tuple[str, list[str]]]:
    """The `hsal` commands in code, each with its flags."""
    found = []
    for line in "\n".join(code_in(text)).splitlines():
        match = re.match(r"\s*(?:\S*torchrun .*-m |\.venv/bin/)?hsal ([a-z][a-z-]*)(.*)", line)
        if match:
            words = shlex.split(match[2], comments=True)
            found.append((match[1], [word.partition("=")[0] for word in words if word.startswith("--")]))
    return found


@cache
def known_flags(command: str) -> frozenset[str]:
    """The flags in a command's help."""
    with contextlib.redirect_stdout(io.StringIO()) as output, pytest.raises(SystemExit):
        tyro.cli(KINDS[command], args=["--help"])
    return frozenset(re.findall(r"(?:^[^\w-]*|, )(--[a-z][a-z0-9-]*)", output.getvalue(), re.MULTILINE))


@cache
def headings(page: Path) -> frozenset[str]:
    """The anchors of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return frozenset(re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles)


def exists(name: str) -> bool:
    """Whether a dotted name is a module or an attribute of one."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        return has_path(found, parts[length:])
    return False


def has_path(found: object, names: list[str]) -> bool:
    """Whether an object has an attribute that has an attribute ..."""
    for name in names:
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True


def example(section: str) -> ModuleType:
    """The module that a marked section of CONTRIBUTING.md shows."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    match = re.search(rf"\[start:{section}\] -->\n```python\n(.*?)```", text, re.DOTALL)
    assert match, section
    module = ModuleType(f"example_{section}")
    exec(compile(match[1], module.__name__, "exec"), module.__dict__)
    return module
