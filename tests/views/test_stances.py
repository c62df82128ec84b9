"""The bitemporal course of stances: what holds now follows from the rules alone, what held once is never lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from archive.ledger.engine import reading
from archive.ledger.events import (
    ActorMerged,
    ActorMergeUndone,
    ArticleCaptured,
    StanceAssessed,
    StatementRecorded,
    StatementWithdrawn,
)
from archive.ledger.header import Recorded
from archive.ledger.store import Ledger
from archive.model import iso
from archive.views import catch_up
from archive.views.identity import Merges
from archive.views.timeline import Element, timeline
from tests.views.conftest import fresh
from tests.views.histories import Move, Writer, moves, play

histories = st.lists(moves, max_size=40)
in_full = settings(max_examples=60, deadline=None)


def current(engine: Engine) -> list[tuple[Any, ...]]:
    """The rows in force, without when they became known."""
    columns = "actor, topic, valid_from, valid_to, statement, stance, assessment, cause"
    with reading(engine) as connection:
        rows = connection.execute(text(f"SELECT {columns} FROM stance_rows WHERE known_to IS NULL"))
        return sorted(tuple(iso(value) if isinstance(value, datetime) else value for value in row) for row in rows)


def expected(log: Sequence[Recorded]) -> list[tuple[Any, ...]]:
    """What must hold at the end of a log, straight from the rules: no rows, no batches, no cause."""
    articles: dict[str, tuple[str, int]] = {}
    said: dict[str, tuple[Recorded, StatementRecorded]] = {}
    judged: dict[tuple[str, str], list[tuple[int, StanceAssessed]]] = {}
    merges, withdrawn = Merges(), set()
    for one in log:
        match one.event:
            case ArticleCaptured(article=article, published_at=published, captured_at=captured):
                articles.setdefault(article, (published or captured, one.position))
            case StatementRecorded(statement=statement) as event:
                said[statement] = (one, event)
            case StanceAssessed(statement=statement, topic=topic) as judgement:
                judged.setdefault((statement, topic), []).append((one.position, judgement))
            case StatementWithdrawn(statement=statement):
                withdrawn.add(statement)
            case ActorMergeUndone(actor=actor, into=into):
                merges.undo(actor, into)
            case ActorMerged(actor=actor, into=into):
                merges.merge(actor, into)
            case _:
                pass
    courses: dict[tuple[str, str], list[Element]] = {}
    rank = {"rule": 0, "model": 1, "person": 2}
    for (statement, topic), judgements in judged.items():
        recorded, event = said[statement]
        position, best = max(judgements, key=lambda found: (rank[found[1].method], found[0]))
        if event.actor and statement not in withdrawn:
            dateline = articles.get(event.article, (event.valid_at, 0))
            courses.setdefault((merges.canonical(event.actor), topic), []).append(
                Element(
                    event.valid_at, *dateline, event.content[0].start, recorded.position, statement, event.actor,
                    best.stance, event.directness, event.speaks_for, event.precision, position, best.method,
                    best.confidence,
                )
            )  # fmt: skip
    return sorted(
        (*pair, segment.valid_from, segment.valid_to, one.statement, one.stance, one.assessment)
        for pair, elements in courses.items()
        for segment in timeline(elements)
        for one in (segment.element,)
    )


@given(history=histories, batch=st.integers(1, 12))
@in_full
def test_what_holds_now_follows_from_the_rules_alone(empty: Path, history: list[Move], batch: int) -> None:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        for _ in play(Writer(ledger), history):
            pass
        catch_up(engine, ledger, batch=batch)
        assert [row[:-1] for row in current(engine)] == expected(list(ledger.read()))


@given(history=histories, at=st.integers(1, 60))
@in_full
def test_every_earlier_state_of_knowledge_can_still_be_read(empty: Path, history: list[Move], at: int) -> None:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        then: list[tuple[Any, ...]] = []
        position = 0
        for number, size in enumerate(play(Writer(ledger), history)):
            if number == at:
                catch_up(engine, ledger)
                then, position = current(engine), size
        catch_up(engine, ledger)
        known = f"known_from <= {position} AND (known_to IS NULL OR known_to > {position})"
        with reading(engine) as connection:
            rows = connection.execute(
                text(
                    "SELECT actor, topic, valid_from, valid_to, statement, stance, assessment, cause "
                    f"FROM stance_rows WHERE {known}"
                )
            )
            assert sorted(tuple(row) for row in rows) == then


@given(history=histories, pair=st.permutations(("ann", "bea", "cid", "norland")), batch=st.integers(1, 12))
@in_full
def test_a_merge_taken_back_restores_the_rows_exactly(
    empty: Path, history: list[Move], pair: list[str], batch: int
) -> None:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        writer = Writer(ledger)
        for _ in play(writer, [move for move in history if move[0] not in {"merge", "undo"}]):
            pass
        catch_up(engine, ledger, batch=batch)
        before = current(engine)
        writer.merge(pair[0], pair[1])
        writer.undo(pair[0], pair[1])
        catch_up(engine, ledger, batch=batch)
        assert current(engine) == before


@given(history=histories)
@in_full
def test_a_course_has_no_gap_no_overlap_and_no_empty_stretch(empty: Path, history: list[Move]) -> None:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        for _ in play(Writer(ledger), history):
            pass
        catch_up(engine, ledger)
        with reading(engine) as connection:
            size = ledger.size()
            for position in range(1, size + 1):
                known = f"known_from <= {position} AND (known_to IS NULL OR known_to > {position})"
                rows = connection.execute(
                    text(
                        f"SELECT actor, topic, valid_from, valid_to FROM stance_rows WHERE {known} "
                        "ORDER BY actor, topic, valid_from"
                    )
                ).all()
                for here, after in zip(rows, [*rows[1:], None], strict=False):
                    last = after is None or (after.actor, after.topic) != (here.actor, here.topic)
                    assert here.valid_to == (None if last or after is None else after.valid_from)
                    assert here.valid_to is None or here.valid_from < here.valid_to
