"""Rebuild, swap, drift and failure, on both databases."""

from __future__ import annotations

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive.errors import ProjectionError
from archive.ledger.engine import reading, writing
from archive.ledger.events import ArticleRemoved
from archive.ledger.header import Recorded
from archive.ledger.store import Ledger
from archive.views import Drift, catch_up, rebuild
from archive.views.projections import LIVE, PROJECTIONS, Generation
from archive.views.reports import VIEWS, create_views, projections
from archive.views.rows import Change, Rows
from archive.views.tables import PROJECTED
from tests.views.histories import ACTORS, STANCES, TOPICS, Move, Writer, day, dump, play
from tests.views.test_stances import current, expected


def some_history(seed: int, length: int) -> list[Move]:
    """A history with everything in it, always the same."""
    dice = random.Random(seed)

    def move() -> Move:
        number, actor, topic = dice.randrange(8), dice.choice(ACTORS), dice.choice(TOPICS)
        stance, method = dice.choice(STANCES), dice.choice(("rule", "model", "person"))
        said = ("statement", number, actor, dice.randint(1, 28), "first_hand", dice.randrange(3), topic, stance)
        return dice.choice(
            (
                ("article", number, dice.choice((None, 1, 2, 3))),
                said,
                said,
                said,
                ("statement", number, None, 2, "ascribed", 0, topic, stance),
                ("assess", number, topic, stance, method, "rules"),
                ("withdraw", number, "edit"),
                ("merge", actor, dice.choice(ACTORS)),
                ("undo", actor, dice.choice(ACTORS)),
                ("erase", number),
                ("registry", number, actor),
            )
        )

    return [move() for _ in range(length)]


@pytest.fixture
def written(ledger: Ledger) -> Ledger:
    """A log with a history of everything."""
    writer = Writer(ledger)
    writer.actor("ann", "Ann Ember")
    writer.topic("toll")
    for _ in play(writer, some_history(1, 120)):
        pass
    return ledger


def tables(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    with reading(engine) as connection:
        return {table.name: dump(connection, table.name) for table in PROJECTED}


def names(engine: Engine) -> set[str]:
    """Every table, view and index of this archive."""
    query = (
        "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
        if engine.dialect.name == "sqlite"
        else "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
    )
    with reading(engine) as connection:
        return set(connection.execute(text(query)).scalars())


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_both_databases_derive_what_the_rules_say(engine: Engine, written: Ledger, batch: int) -> None:
    catch_up(engine, written, batch=batch)
    assert [row[:-1] for row in current(engine)] == expected(list(written.read()))
    assert rebuild(engine, written, check=True) == []


def test_a_rebuild_leaves_the_same_rows_and_the_same_names(engine: Engine, written: Ledger) -> None:
    catch_up(engine, written, batch=13)
    rows, before = tables(engine), names(engine)
    for _ in range(2):
        assert rebuild(engine, written, batch=17) == []
        assert tables(engine) == rows
        assert names(engine) == before
    catch_up(engine, written)
    assert tables(engine) == rows


def test_a_rebuild_goes_on_with_what_comes_after_it(engine: Engine, written: Ledger) -> None:
    rebuild(engine, written)
    writer = Writer(written)
    writer.article("late", day(3))
    writer.statement("s-late", "late", "ann", day(30))
    catch_up(engine, written)
    assert rebuild(engine, written, check=True) == []


def test_a_check_names_the_tables_and_rows_that_drifted(engine: Engine, written: Ledger) -> None:
    catch_up(engine, written)
    with writing(engine) as connection:
        connection.execute(text("UPDATE actor_rows SET name = 'Somebody Else' WHERE actor = 'ann'"))
        connection.execute(text("DELETE FROM topic_rows WHERE topic = 'toll'"))
    assert rebuild(engine, written, check=True) == [
        Drift("actor_rows", 1, 1, (("ann",),)),
        Drift("topic_rows", 1, 0, (("toll",),)),
    ]
    rebuild(engine, written)
    assert rebuild(engine, written, check=True) == []


def test_live_tables_that_claim_more_than_the_log_holds_have_drifted(engine: Engine, written: Ledger) -> None:
    catch_up(engine, written)
    with writing(engine) as connection:
        connection.execute(text("UPDATE projection_cursors SET position = 1000"))
    drifted = {drift.table: drift for drift in rebuild(engine, written, check=True)}
    assert ("registry",) in drifted["projection_cursors"].keys


def test_readers_see_all_rows_at_every_moment_of_a_rebuild(engine: Engine, written: Ledger) -> None:
    catch_up(engine, written)
    seen: set[tuple[int, ...]] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with reading(engine) as connection:
                counts = "SELECT (SELECT count(*) FROM statements), (SELECT count(*) FROM stance_history)"
                seen.add(tuple(connection.execute(text(counts)).one()))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(3):
            rebuild(engine, written, batch=50)
    finally:
        done.set()
        reader.join()
    assert len(seen) == 1


def test_a_users_own_view_on_ours_survives_a_rebuild(engine: Engine, written: Ledger) -> None:
    with writing(engine) as connection:
        connection.execute(text("CREATE VIEW mine AS SELECT actor, stance FROM current_stance"))
    rebuild(engine, written)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM mine")).scalar_one() > 0


def test_views_can_be_created_again_over_themselves(engine: Engine) -> None:
    with writing(engine) as connection:
        create_views(connection)
        create_views(connection)
    assert set(VIEWS) <= names(engine)


class UnfoldableError(Exception):
    """What a fold raises that has met an event it does not understand."""


def broken(name: str) -> Generation:
    """The live projections, of which one cannot apply the removal of an article."""

    def fold(batch: Sequence[Recorded], rows: Rows) -> list[Change]:
        if any(isinstance(one.event, ArticleRemoved) for one in batch):
            raise UnfoldableError("what is this?")
        return next(one for one in PROJECTIONS if one.name == name).fold(batch, rows)

    def maybe(one: Any) -> Any:
        return replace(one, fold=fold, handles=one.handles | {ArticleRemoved}) if one.name == name else one

    return Generation("", tuple(maybe(one) for one in PROJECTIONS))


@pytest.mark.parametrize("name", ["articles", "stances"])
@pytest.mark.parametrize("batch", [3, 1000])
def test_a_failure_stops_its_projection_at_the_event_and_no_other(ledger: Ledger, name: str, batch: int) -> None:
    engine, writer = ledger.engine, Writer(ledger)
    writer.article("a1", day(1))
    writer.statement("s1", "a1", "ann", day(1))
    writer.assess("s1", "toll", "open")
    bad = writer.append(ArticleRemoved("a1", "gone", "2024-03-02T00:00:00.000000Z"))
    writer.article("a2", day(2))
    for _ in range(2):
        with pytest.raises(
            ProjectionError, match=f"position {bad}: the projection {name} has stopped: UnfoldableError"
        ):
            catch_up(engine, ledger, batch=batch, live=broken(name))
    with reading(engine) as connection:
        report = {row["name"]: row for row in projections(connection)}
        assert len(current(engine)) == 1
    assert report[name]["position"] == bad - 1
    assert (report[name]["failed_at"], report[name]["error"]) == (bad, "UnfoldableError: what is this?")
    assert {row["lag"] for other, row in report.items() if other != name} == {0}
    rebuild(engine, ledger)
    catch_up(engine, ledger)


def test_a_projection_waits_for_the_one_whose_rows_it_reads(ledger: Ledger) -> None:
    writer = Writer(ledger)
    bad = writer.append(ArticleRemoved("a1", "gone", "2024-03-02T00:00:00.000000Z"))
    writer.article("a2", day(2))
    with pytest.raises(ProjectionError, match="the projection statements has stopped"):
        catch_up(ledger.engine, ledger, live=broken("statements"))
    with reading(ledger.engine) as connection:
        positions = {name: cursor.position for name, cursor in LIVE.cursors(connection).items()}
    assert positions == {"registry": 2, "articles": 2, "statements": bad - 1, "stances": bad - 1, "outlets": bad - 1}


def test_a_projection_that_stopped_does_not_hold_up_the_batches_after_it(ledger: Ledger) -> None:
    writer = Writer(ledger)
    writer.append(ArticleRemoved("a1", "gone", "2024-03-02T00:00:00.000000Z"))
    for number in range(5):
        writer.actor(f"person:{number}", f"Person {number}")
    with pytest.raises(ProjectionError, match="the projection statements has stopped"):
        catch_up(ledger.engine, ledger, batch=1, live=broken("statements"))
    with reading(ledger.engine) as connection:
        assert LIVE.cursors(connection)["registry"].position == ledger.size()


def test_a_rebuild_that_fails_leaves_the_live_tables_alone(engine: Engine, written: Ledger) -> None:
    catch_up(engine, written)
    rows, before = tables(engine), names(engine)
    Writer(written).append(ArticleRemoved("a9", "gone", "2024-03-02T00:00:00.000000Z"))
    with pytest.raises(ProjectionError, match="UnfoldableError"):
        rebuild(engine, written, live=broken("articles"))
    assert tables(engine) == rows
    assert names(engine) == before


def test_rows_of_another_version_of_a_projection_ask_for_a_rebuild(ledger: Ledger) -> None:
    catch_up(ledger.engine, ledger)
    newer = Generation("", tuple(replace(one, version=one.version + 1) for one in PROJECTIONS))
    with pytest.raises(ProjectionError, match=r"derived by version 1, this program has version 2.*archive rebuild"):
        catch_up(ledger.engine, ledger, live=newer)
    rebuild(ledger.engine, ledger, live=newer)
    catch_up(ledger.engine, ledger, live=newer)


def test_two_processes_may_catch_up_at_the_same_time(engine: Engine, written: Ledger) -> None:
    workers = [threading.Thread(target=catch_up, args=(engine, written), kwargs={"batch": 5}) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert rebuild(engine, written, check=True) == []
