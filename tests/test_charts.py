"""Charts are drawn offline from the rows of reports, and say by position and shape what they mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from archive.charts import CHARTS, draw
from archive.errors import UsageError
from archive.views import named

pytest.importorskip("altair", reason="the extra 'analysis' is not installed")
pytest.importorskip("vl_convert", reason="the extra 'analysis' is not installed")

STANDING = [
    {"actor": "a", "actor_name": "Mara Lind", "stance": "support", "directness": "first_hand"},
    {"actor": "b", "actor_name": "Norland", "stance": "oppose", "directness": "ascribed"},
    {"actor": "c", "actor_name": "Nobody Drawn", "stance": "no_position", "directness": "first_hand"},
]
SAID = [
    {"valid_at": "2024-01-15T06:40:00.000000Z", "stance": "oppose", "directness": "first_hand"},
    {"valid_at": "2024-02-26T00:00:00.000000Z", "stance": "support", "directness": "ascribed"},
]
CHANGED = [
    {"valid_from": "2024-01-15T06:40:00.000000Z", "cause": "statement"},
    {"valid_from": "2024-02-05T06:40:00.000000Z", "cause": "edit"},
]
ROWS: dict[str, list[dict[str, Any]]] = {
    "stances-now": STANDING, "stances-on": STANDING, "believed-on": STANDING, "said": SAID, "changes": CHANGED,
}  # fmt: skip


def words(svg: str) -> set[str]:
    return set(re.findall(r"<text[^>]*>([^<]+)</text>", svg))


@pytest.mark.parametrize("report", CHARTS)
def test_every_chart_is_drawn_in_ink_alone(tmp_path: Path, report: str) -> None:
    values = {"topic": "harbour-toll", "actor": "mara-lind", "day": "2024-03-05T00:00:00.000000Z"}
    draw(report, ROWS[report], values, tmp_path / "chart.svg")
    svg = (tmp_path / "chart.svg").read_text("utf-8")
    colours = {colour.lower() for colour in re.findall(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b", svg)}
    assert colours
    assert all(len({colour[n : n + 2] for n in (1, 3, 5)}) == 1 for colour in colours if len(colour) == 7)


def test_actors_stand_along_the_scale(tmp_path: Path) -> None:
    draw("stances-now", STANDING, {"topic": "harbour-toll"}, tmp_path / "chart.svg")
    shown = words((tmp_path / "chart.svg").read_text("utf-8"))
    assert {"Mara Lind", "Norland", "support", "oppose", "not now", "by others"} <= shown
    assert "Nobody Drawn" not in shown


def test_weeks_without_a_change_are_there_too(tmp_path: Path) -> None:
    draw("changes", CHANGED, {}, tmp_path / "chart.svg")
    shown = words((tmp_path / "chart.svg").read_text("utf-8"))
    assert {"2024-01-15", "2024-01-22", "2024-01-29", "2024-02-05", "statement", "edit"} <= shown


def test_a_png_is_one(tmp_path: Path) -> None:
    draw("said", SAID, {"actor": "mara-lind", "topic": "harbour-toll"}, tmp_path / "chart.png")
    assert (tmp_path / "chart.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("report", "rows", "name", "message"),
    [
        ("said", SAID, "chart.gif", "a chart is an .svg or a .png file"),
        ("feeds", SAID, "chart.svg", "no chart of the report feeds. There are: stances-now"),
        ("said", [], "chart.svg", "there is nothing to draw"),
        ("said", SAID, "nowhere/chart.svg", "the folder of the chart does not exist"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    tmp_path: Path, report: str, rows: list[dict[str, Any]], name: str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        draw(report, rows, {}, tmp_path / name)


def test_charts_are_of_reports_that_there_are() -> None:
    assert set(CHARTS) <= set(named.ORDER)
