"""What the documents show is what happens: commands in ``console`` blocks print what stands below them.

To write the present output into the documents: ``UPDATE_DOCS=1 python -m pytest tests/test_docs.py``.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from archive import config
from archive.cli import COMMANDS
from archive.ledger.events import EVENT_TYPES

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
WIDTH = "110"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a fresh clone polls."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(ROOT / "examples", folder / "examples")
    shutil.copy(ROOT / "feeds.yaml", folder)
    return folder


def shown(block: str, folder: Path) -> str:
    """A block with every command's present output."""
    lines = []
    for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
        program, *args = shlex.split(command)
        assert program == "archive"
        environment = os.environ | {"COLUMNS": WIDTH}
        run = [sys.executable, "-m", "archive", *args]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=60, env=environment, check=True)
        printed = "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines() if line.strip())
        lines += [f"$ {command}", printed, ""]
    return "\n".join(lines[:-1]) + "\n"


def test_the_readme_shows_what_happens(folder: Path) -> None:
    path = ROOT / "README.md"
    text = path.read_text("utf-8")
    present = BLOCK.sub(lambda block: f"```console\n{shown(block[1], folder)}```", text)
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(present, "utf-8")
    assert present == text


def test_the_configuration_in_the_readme_is_valid(folder: Path) -> None:
    block = (ROOT / "README.md").read_text("utf-8").split("```yaml\n", 1)[1].split("```", 1)[0]
    path = folder / "readme.yaml"
    path.write_text(block, "utf-8")
    assert config.load(path, {}).topics[0].id == "harbour-toll"


def test_every_event_is_in_the_catalogue() -> None:
    catalogue = (ROOT / "docs" / "events.md").read_text("utf-8")
    assert set(re.findall(r"^\| `([a-z_.]+v\d+)`", catalogue, re.MULTILINE)) == set(EVENT_TYPES)


def test_every_command_has_help() -> None:
    for command in COMMANDS:
        run = [sys.executable, "-m", "archive", command, "--help"]
        done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.startswith("Usage: archive")


@pytest.mark.parametrize(
    "path", [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda p: p.name
)
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = [link for link in LINK.findall(path.read_text("utf-8")) if not (path.parent / link).exists()]
    assert broken == []


def test_the_modules_that_the_map_names_exist() -> None:
    text = (ROOT / "docs" / "map.md").read_text("utf-8")
    named = re.findall(r"`((?:archive/)?[a-z_]+(?:/[a-z_]+)*\.py)`", text)
    missing = [name for name in named if not (ROOT / "archive" / name.removeprefix("archive/")).is_file()]
    assert named
    assert missing == []
