"""The example tells what its README says: who stood where, when, and what an edit changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.test_cli import answer, archive

ROOT = Path(__file__).parent.parent
FEBRUARY, MARCH = "2024-02-06", "2024-03-15"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example, polled."""
    here = tmp_path_factory.mktemp("example")
    shutil.copy(ROOT / "feeds.yaml", here)
    shutil.copytree(ROOT / "examples", here / "examples")
    done = archive("poll", "example", folder=here)
    assert done.returncode == 0, done.stderr
    return here


def stances(folder: Path, topic: str, as_of: str) -> dict[str, str]:
    rows = answer("stances", "--topic", topic, "--as-of", as_of, folder=folder)
    return {row["actor_name"]: row["stance"] for row in rows}


@pytest.mark.parametrize(
    ("topic", "as_of", "told"),
    [
        (
            "harbour-toll",
            FEBRUARY,
            {"Marta Ellingsen": "oppose", "Tomas Brandtner": "support", "Rasmus Holte": "oppose"}
            | {"Aksel Thornby": "not_now", "Ingrid Valemark": "open", "Pavel Dornik": "support"}
            | {"Ines Calderwick": "oppose", "Olav Brekkestad": "undecided"},
        ),
        (
            "harbour-toll",
            MARCH,
            {"Marta Ellingsen": "support", "Tomas Brandtner": "support", "Rasmus Holte": "oppose"}
            | {"Aksel Thornby": "conditional", "Ingrid Valemark": "support", "Pavel Dornik": "support"}
            | {"Viktor Sandahl": "support", "Helga Strandvik": "conditional"},
        ),
        (
            "night-ferries",
            MARCH,
            {"Lena Ostrova": "support", "Birgit Aamodt": "oppose", "Pavel Dornik": "support"}
            | {"Solveig Marland": "conditional", "Residents near the pier": "oppose"},
        ),
    ],
)
def test_who_stands_where(folder: Path, topic: str, as_of: str, told: dict[str, str]) -> None:
    found = stances(folder, topic, as_of)
    assert {name: found.get(name) for name in told} == told


def test_the_edit_changes_what_the_mayor_is_said_to_hold(folder: Path, tmp_path: Path) -> None:
    here = tmp_path / "edited"
    shutil.copytree(folder, here)
    shutil.copy(here / "examples" / "feed-edited.xml", here / "examples" / "feed.xml")
    assert archive("poll", "example", "--force", folder=here).returncode == 0
    (holds,) = answer("history", "Ines Calderwick", folder=here)
    assert (holds["stance"], holds["cause"]) == ("conditional", "edit")
