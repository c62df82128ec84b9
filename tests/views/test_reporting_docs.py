"""docs/reporting.md says what the views are: every column, every example with its result, on both databases."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive import copies
from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.model import iso
from archive.views import catch_up
from archive.views.reports import SCORES, VIEWS
from tests.views.example import harbour_toll

PAGE = (Path(__file__).parents[2] / "docs" / "reporting.md").read_text("utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def example(engine: Engine, ledger: Ledger) -> Engine:
    harbour_toll(ledger)
    catch_up(engine, ledger)
    copies.link(engine)
    return engine


def table(lines: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines.strip().splitlines()]


def shown(value: Any) -> str:
    if isinstance(value, datetime):
        return iso(value)
    return "" if value is None else str(int(value) if isinstance(value, bool) else value)


def test_the_page_has_a_section_for_every_view_in_order() -> None:
    assert tuple(name for name in SECTIONS if name in VIEWS) == VIEWS


@pytest.mark.parametrize("view", VIEWS)
def test_the_page_names_every_column_in_order(example: Engine, view: str) -> None:
    documented = re.findall(r"^\| `(\w+)` \| (\w+) \| .+ \|$", SECTIONS[view], re.MULTILINE)
    with reading(example) as connection:
        columns = list(connection.execute(text(f"SELECT * FROM {view}")).keys())
    assert [name for name, _ in documented] == columns
    assert {kind for _, kind in documented} <= {"text", "integer", "number", "boolean", "moment", "position", "date"}


@pytest.mark.parametrize("view", VIEWS)
def test_the_example_gives_the_result_it_shows(example: Engine, view: str) -> None:
    found = re.search(r"```sql\n(.*?)\n```\n\n((?:\|.*\n)+)", SECTIONS[view], re.DOTALL)
    assert found
    head, _, *rows = found[2].strip().splitlines()
    with reading(example) as connection:
        result = connection.execute(text(found[1].replace(":", r"\:")))
        assert table(head) == [list(result.keys())]
        assert ["| " + " | ".join(shown(value) for value in row) + " |" for row in result] == rows


def test_the_scale_is_the_one_in_the_views() -> None:
    labels = re.findall(r"^\| `(\w+)` \| ([−\d.]*) \|", PAGE.split("## articles")[0], re.MULTILINE)
    assert {label: float(score.replace("−", "-")) for label, score in labels if score} == {
        stance.value: score for stance, score in SCORES.items()
    }
