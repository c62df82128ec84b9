"""How fast the archive answers as of a time, as known at a position: ``python -m benchmarks.asof [--rows 1000000]``.

A million stance rows: two hundred topics, five hundred actors on each, who spoke five times; each time the open row
ends in knowledge, and a closed and a new open one take its place. The rows are written straight into the tables.
What is timed is the report itself, words, names and all; beside it a scan of the same rows for the same answer.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter

from sqlalchemy import Connection, Engine, Table, bindparam, text

from archive.ledger.engine import connect, reading, writing
from archive.ledger.migrate import upgrade
from archive.ledger.schema import Moment
from archive.model import iso
from archive.views import reports
from archive.views.rows import Insert, Row, Rows
from archive.views.tables import actor_rows, article_rows, stance_rows, statement_rows
from benchmarks.places import place, postgres_answers

START = datetime(2019, 1, 1, tzinfo=UTC)
ACTORS, SPOKEN = 500, 5
BATCH = 50_000
QUESTIONS = 60
"""How often each question is put, each time of another actor, topic, time and position."""

_LABELS = ("support", "oppose", "open", "conditional", "not_now")


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    topics = max(1, round(rows / (ACTORS * (2 * SPOKEN - 1))))
    print("| question | database | rows | median, ms | slowest of ten, ms | scan, ms | scan / median |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for backend in ("sqlite", "postgresql") if postgres_answers() else ("sqlite",):
        with place(backend) as made:
            engine = connect(made.url)
            upgrade(engine)
            fill(engine, topics)
            for line in measured(engine, topics):
                print(line, flush=True)
            engine.dispose()


def fill(engine: Engine, topics: int) -> None:
    """Write the rows of all actors on so many topics."""
    with writing(engine) as connection:
        for table in (actor_rows, article_rows, statement_rows, stance_rows):
            for index in table.indexes:
                index.drop(connection)
        Rows(connection).write(
            [
                Insert(
                    actor_rows,
                    [(_actor(a), f"Actor {a}", f"actor {a}", "person", _actor(a), a + 1) for a in range(ACTORS)],
                )
            ]
        )
        for table, found in (
            (article_rows, _articles(topics)),
            (statement_rows, _statements(topics)),
            (stance_rows, _stances(topics)),
        ):
            _write(connection, table, found)
        for table in (actor_rows, article_rows, statement_rows, stance_rows):
            for index in sorted(table.indexes, key=lambda one: str(one.name)):
                index.create(connection)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _write(connection: Connection, table: Table, rows: Iterator[Row]) -> None:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            Rows(connection).write([Insert(table, batch)])
            batch = []
    Rows(connection).write([Insert(table, batch)])


def _actor(number: int) -> str:
    return f"person:actor-{number}"


def _spoken(topics: int) -> Iterator[tuple[int, int, int, int, str]]:
    """Every statement in the order of the log: round, topic, actor, position, when."""
    position = 10_000
    for spoken in range(SPOKEN):
        for topic in range(topics):
            for actor in range(ACTORS):
                position += 2
                at = START + timedelta(days=365 * spoken + (topic * 7 + actor) % 300)
                yield spoken, topic, actor, position, iso(at)


def _articles(topics: int) -> Iterator[Row]:
    for spoken, topic, actor, position, at in _spoken(topics):
        if actor % 5 == 0:
            where = f"https://wire.example/{position}"
            row = {
                "position": position - 10_000, "article": f"a-{spoken}-{topic}-{actor}", "revision": 1, "feed": "wire",
                "entry": where, "url": where, "outlet": "Norland Wire", "language": "en", "published_at": at,
                "captured_at": at, "recorded_at": at, "text_source": "content", "chars": 900, "fingerprint": "f",
            }  # fmt: skip
            yield _row(article_rows, row)


def _statements(topics: int) -> Iterator[Row]:
    for spoken, topic, actor, position, at in _spoken(topics):
        article, quote = (
            f"a-{spoken}-{topic}-{actor - actor % 5}",
            f"On matter {topic} actor {actor} said this in year {spoken}",
        )
        row = {
            "position": position, "statement": f"s-{position}", "article": article, "revision": 1, "kind": "direct",
            "resolution": "explicit", "actor": _actor(actor), "named": f"Actor {actor}", "named_kind": "person",
            "directness": "first_hand", "valid_at": at, "precision": "published", "confidence": 900, "dateline": at,
            "article_position": position - 10_000, "start": 0, "content_spans": "[[0,40]]", "cue_spans": "[]",
            "via": "[]", "extractor": "rules@1", "pattern": "p", "cause": "statement", "recorded_at": at,
            "quote": quote, "cue": "said",
        }  # fmt: skip
        yield _row(statement_rows, row)


def _row(table: Table, values: Mapping[str, object]) -> Row:
    return tuple(values.get(column.name) for column in table.columns)


def _stances(topics: int) -> Iterator[Row]:
    """The rows of every pair: the open one until the actor speaks again, then a closed one."""
    a_round = 2 * topics * ACTORS
    for spoken, topic, actor, position, at in _spoken(topics):
        later = position + a_round if spoken < SPOKEN - 1 else None
        end = iso(datetime.fromisoformat(at) + timedelta(days=365)) if later else None
        label = _LABELS[(spoken + topic + actor) % len(_LABELS)]
        row = {
            "actor": _actor(actor), "topic": f"topic-{topic}", "valid_from": at, "known_since": at, "stance": label,
            "cause": "statement", "statement": f"s-{position}", "assessment": position + 1, "method": "rule",
            "confidence": 900, "directness": "first_hand", "precision": "published", "position": position,
        }  # fmt: skip
        known = {"known_from": position + 1, "known_to": later and later + 1, "known_until": end}
        yield _row(stance_rows, row | known)
        if later:
            yield _row(stance_rows, row | {"known_from": later + 1, "valid_to": end, "known_since": end})


def measured(engine: Engine, topics: int) -> Iterator[str]:
    """A line a question."""
    dice = random.Random(1)
    last = 10_000 + 2 * SPOKEN * topics * ACTORS
    with reading(engine) as connection:
        rows = connection.execute(text("SELECT count(*) FROM stance_rows")).scalar_one()

    def asking(*, actor: bool, known: bool) -> Callable[[Connection], int]:
        def ask(connection: Connection) -> int:
            return len(
                reports.stances(
                    connection,
                    topic=f"topic-{dice.randrange(topics)}",
                    actor=_actor(dice.randrange(ACTORS)) if actor else None,
                    as_of=START + timedelta(days=dice.randrange(300, 365 * SPOKEN)),
                    known_at=dice.randrange(10_000 + 2 * topics * ACTORS, last) if known else None,
                )
            )

        return ask

    for actor in (True, False):
        for known in (False, True):
            who = "one actor, one topic" if actor else "one topic, all actors"
            name = f"{who}, as of a time{', known at a position' if known else ''}"
            times = _times(engine, asking(actor=actor, known=known), QUESTIONS)
            scan = _times(engine, lambda connection: _scan(connection, dice.randrange(topics), last // 2), 3)
            middle, slow = median(times), sorted(times)[round(len(times) * 0.9)]
            whole = median(scan)
            figures = f"{rows:,} | {middle:.2f} | {slow:.2f} | {whole:.0f} | {whole / middle:.0f}"
            yield f"| {name} | {engine.dialect.name} | {figures} |"


def _times(engine: Engine, ask: Callable[[Connection], int], count: int) -> list[float]:
    """Milliseconds of each answer, on a connection that has answered the like before."""
    with reading(engine) as connection:
        for _ in range(5):
            ask(connection)
        found = []
        for _ in range(count):
            start = perf_counter()
            ask(connection)
            found.append((perf_counter() - start) * 1000)
        return found


def _scan(connection: Connection, topic: int, position: int) -> int:
    """The same rows by reading all of them: no index serves an expression."""
    query = text(
        "SELECT count(*) FROM stance_rows WHERE topic || '' = :topic AND valid_from <= :at "
        "AND (valid_to IS NULL OR valid_to > :at) AND known_from <= :known AND (known_to IS NULL OR known_to > :known)"
    ).bindparams(bindparam("at", type_=Moment))
    values = {"topic": f"topic-{topic}", "at": iso(START + timedelta(days=900)), "known": position}
    return int(connection.execute(query, values).scalar_one())


if __name__ == "__main__":
    main()
