"""Blind coding: the same sample for every coder, judgements side by side, and agreement as a library has it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from nltk.metrics.distance import binary_distance, interval_distance
from sqlalchemy import Engine, text

from archive import coding
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.model import Stance
from archive.views import catch_up
from archive.views.reports import SCORES
from tests.views.conftest import empty as empty  # noqa: PLC0414 - a fixture is asked for by its name
from tests.views.conftest import fresh
from tests.views.example import harbour_toll
from tests.views.histories import Writer, day

NOW = datetime(2031, 5, 1, tzinfo=UTC)
TOPIC = "harbour-toll"
SCORED = {stance.value: score for stance, score in SCORES.items()}

codings = st.dictionaries(
    st.tuples(st.sampled_from(("Ann", "Bo", "Cy")), st.integers(0, 5)),
    st.sampled_from([stance.value for stance in Stance]),
    min_size=2,
    max_size=18,
)


def alpha(codes: list[tuple[str, int, Any]], distance: Any) -> float | None:
    """What the library says of those items that two or more judged; None where all say the same."""
    items = [item for _, item, _ in codes]
    paired = [code for code in codes if items.count(code[1]) > 1]
    if len({label for _, _, label in paired}) < 2:
        return None
    found: float = AnnotationTask(data=paired, distance=distance).alpha()
    return found


@given(codings)
@settings(max_examples=25, deadline=None)
def test_the_view_has_the_alpha_of_the_library(empty: Path, coded: dict[tuple[str, int], str]) -> None:
    with fresh(empty) as engine:
        writer = Writer(Ledger(engine))
        writer.topic("toll")
        writer.actor("ann", "Ann")
        writer.article("a", day(1))
        for number in range(6):
            writer.statement(f"s{number}", "a", "ann", day(1), start=number)
        for (coder, number), label in coded.items():
            writer.assess(f"s{number}", "toll", "open" if label == "support" else "support", "person", by=coder)
            writer.assess(f"s{number}", "toll", label, "person", by=coder)
        catch_up(engine, writer.ledger)
        with reading(engine) as connection:
            rows = connection.execute(text("SELECT * FROM agreement")).mappings().all()
        codes = [(coder, number, label) for (coder, number), label in coded.items()]
        twice = [number for number in range(6) if sum(n == number for _, n, _ in codes) > 1]
        assert [row["units"] for row in rows] == ([len(twice)] if twice else [])
        for row in rows:
            scored = [(coder, number, SCORED[label]) for coder, number, label in codes if label in SCORED]
            assert row["alpha"] == pytest.approx(alpha(codes, binary_distance))
            assert row["alpha_scale"] == pytest.approx(alpha(scored, interval_distance))


@pytest.fixture
def filled(engine: Engine, ledger: Ledger) -> Engine:
    harbour_toll(ledger)
    catch_up(engine, ledger)
    return engine


def drawn(engine: Engine, by: str, **options: int) -> list[str]:
    with reading(engine) as connection:
        return [unit["statement"] for unit in coding.units(connection, TOPIC, by, **options)]


def test_every_coder_is_given_the_same_sample_and_of_it_what_they_have_not_judged(
    filled: Engine, ledger: Ledger
) -> None:
    sample = drawn(filled, "Ann", sample=3, seed=7)
    assert len(sample) == 3
    assert drawn(filled, "Bo", sample=3, seed=7) == sample
    assert drawn(filled, "Bo", seed=7)[:3] == sample
    codes = [coding.Code("x:1", sample[0], TOPIC, Stance.OPPOSE)]
    assert coding.record(ledger, codes, by="Ann", now=NOW) == coding.Coded(1)
    catch_up(filled, ledger)
    assert drawn(filled, "Ann", sample=3, seed=7) == sample[1:]
    assert drawn(filled, "Bo", sample=3, seed=7) == sample


def test_a_coder_sees_words_and_context_and_nobodys_label(filled: Engine) -> None:
    with reading(filled) as connection:
        units = coding.units(connection, TOPIC, "Ann")
    assert all(tuple(unit) == (*coding.COLUMNS, *coding.FILLED) for unit in units)
    first = next(unit for unit in units if unit["statement"] == "s-1")
    assert (first["actor"], first["before"], first["quote"], first["after"]) == (
        "Mara Lind", "“", "The toll stays", ",” said Mara Lind.",
    )  # fmt: skip
    assert {unit["stance"] for unit in units} == {None}


def test_judgements_of_several_persons_stand_side_by_side(filled: Engine, ledger: Ledger) -> None:
    for by, label in (("Ann", "support"), ("Bo", "open"), ("Ann", "conditional")):
        coding.record(ledger, [coding.Code("x", "s-5", TOPIC, Stance(label))], by=by, now=NOW)
        catch_up(filled, ledger)
    with reading(filled) as connection:
        assert coding.latest(connection, "Ann") == {("s-5", TOPIC): "conditional"}
        assert coding.latest(connection, "Bo") == {("s-5", TOPIC): "open"}
    again = [coding.Code("x", "s-5", TOPIC, Stance.CONDITIONAL)]
    assert coding.record(ledger, again, by="Ann", now=NOW) == coding.Coded(0, 1)


def test_a_filled_sheet_is_read_in_both_formats() -> None:
    rows = [{"statement": "s-1", "stance": "open", "note": "a, b"}, {"statement": "s-2", "stance": ""}]
    lines = "\n".join(json.dumps(row) for row in rows)
    table = 'statement,stance,note\ns-1,open,"a, b"\ns-2,,\n'
    for data in (lines, table, "\ufeff" + table):
        (code,) = coding.read_sheet(data.encode(), "f", TOPIC)
        assert (code.statement, code.stance, code.note) == ("s-1", Stance.OPEN, "a, b")


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        (b"statement,stance\ns-1,opne\n", "f:2", "'opne' is no stance"),
        (b"statement,stance,topic\ns-1,open,dam\n", "f:2", "on the topic dam"),
        (b"statement,label\ns-1,open\n", "f:1", "no column stance"),
        (b'{"statement": "s-1", "stance": "open"}\n{', "f:2", "not JSON"),
        (b"statement,stance\n,open\n", "f:2", "names no statement"),
    ],
)
def test_a_row_that_is_no_judgement_is_named(data: bytes, where: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as error:
        coding.read_sheet(data, "f", TOPIC)
    assert error.value.where == where


def test_a_sheet_with_an_unknown_statement_records_nothing(filled: Engine, ledger: Ledger) -> None:
    size = ledger.size()
    codes = [coding.Code("f:2", "s-1", TOPIC, Stance.OPEN), coding.Code("f:3", "s-x", TOPIC, Stance.OPEN)]
    with pytest.raises(UsageError, match="f:3: there is no statement 's-x'"):
        coding.record(ledger, codes, by="Ann", now=NOW)
    assert ledger.size() == size


def test_an_unknown_topic_is_told(filled: Engine) -> None:
    with reading(filled) as connection, pytest.raises(UsageError, match="no topic 'dam'"):
        coding.units(connection, "dam", "Ann")


def test_the_columns_of_a_sheet_are_those_that_csv_is_written_with(filled: Engine, tmp_path: Path) -> None:
    with reading(filled) as connection:
        units = coding.units(connection, TOPIC, "Ann")
    file = tmp_path / "sheet.csv"
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, [*coding.COLUMNS, *coding.FILLED])
        writer.writeheader()
        writer.writerows(units)
    assert coding.read_sheet(file.read_bytes(), "f", TOPIC) == []
