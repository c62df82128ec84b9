"""What the reports answer, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from archive import operations
from archive.errors import UsageError
from archive.ledger.engine import reading, writing
from archive.ledger.events import ArticleRemoved
from archive.ledger.store import Ledger
from archive.model import iso
from archive.views import catch_up, rebuild, reports
from tests.views.example import harbour_toll
from tests.views.histories import Writer, day


@pytest.fixture
def writer(ledger: Ledger) -> Writer:
    writer = harbour_toll(ledger)
    catch_up(ledger.engine, ledger)
    return writer


def positions(report: reports.Report) -> dict[str, str]:
    return {row["actor"]: row["stance"] for row in report}


def test_stances_as_of_a_day_before_and_after_a_change(engine: Engine, writer: Writer) -> None:
    with reading(engine) as connection:
        before = positions(reports.stances(connection, topic="harbour-toll", as_of=day(5)))
        after = positions(reports.stances(connection, topic="harbour-toll", as_of=day(9)))
        now = positions(reports.stances(connection))
    assert before == {"mara-lind": "oppose", "ivo-brandt": "support", "country:norland": "support"}
    assert after == before | {"mara-lind": "conditional", "tove-ask": "undecided"}
    assert now == after


def test_a_later_day_as_it_was_known_at_an_earlier_position(engine: Engine, writer: Writer) -> None:
    with reading(engine) as connection:
        then = reports.stances(connection, actor="mara-lind", as_of=day(20), known_at=21)
        overridden = reports.stances(connection, actor="tove-ask", known_at=23)
    assert positions(then) == {"mara-lind": "oppose"}
    assert positions(overridden) == {"tove-ask": "open"}


def test_moments_read_alike_on_both_databases(engine: Engine, writer: Writer) -> None:
    with reading(engine) as connection:
        (row,) = reports.stances(connection, actor="ivo-brandt")
    assert row["valid_from"] == iso(day(4))
    assert (row["score"], row["confidence"]) == (1.0, 0.95)


def test_the_history_gives_each_step_with_its_cause_and_words(engine: Engine, writer: Writer) -> None:
    with reading(engine) as connection:
        steps = reports.history(connection, "mara-lind", topic="harbour-toll")
    assert [(row["stance"], row["cause"], row["quote"]) for row in steps] == [
        ("oppose", "statement", "The toll stays"),
        ("conditional", "statement", "If the ports agree, it can go"),
    ]


def test_statements_since_a_time_leave_out_the_withdrawn(engine: Engine, writer: Writer) -> None:
    writer.withdraw("s-5")
    catch_up(engine, writer.ledger)
    with reading(engine) as connection:
        assert [row["statement"] for row in reports.statements(connection, since=day(4))] == [
            "s-2",
            "s-3",
            "s-4",
            "s-9",
        ]
        copied = "s-10"
        assert [row["statement"] for row in reports.statements(connection, actor="mara-lind")] == ["s-1", copied]
        assert positions(reports.stances(connection, actor="mara-lind")) == {"mara-lind": "oppose"}


def test_a_country_diverges_when_those_who_speak_for_it_do_and_hearsay_does_not_count(
    engine: Engine, writer: Writer
) -> None:
    with reading(engine) as connection:
        norland, veyland = reports.country_stances(connection)
        (earlier,) = reports.country_stances(connection, country="country:norland", as_of=day(5))
    assert (norland["stance"], norland["divergent"], norland["spread"]) == (
        "conditional",
        True,
        "conditional 1, undecided 1",
    )
    assert (veyland["stance"], veyland["divergent"], veyland["speakers"]) == ("support", False, 1)
    assert (earlier["stance"], earlier["divergent"], earlier["spread"]) == ("oppose", False, "oppose 1")


def test_a_country_is_known_by_hearsay_where_nobody_speaks_for_it(engine: Engine, ledger: Ledger) -> None:
    writer = Writer(ledger)
    writer.actor("country:norland", "Norland", "country")
    writer.article("a-1", day(1))
    writer.statement("s-1", "a-1", "country:norland", day(1), directness="ascribed")
    writer.assess("s-1", "toll", "not_now")
    catch_up(engine, ledger)
    with reading(engine) as connection:
        (row,) = reports.country_stances(connection)
    assert (row["country_name"], row["stance"], row["directness"]) == ("Norland", "not_now", "ascribed")


@pytest.mark.parametrize("name", ["mara-lind", "Mara Lind", "MARA LIND", "minister lind"])
def test_an_actor_is_found_by_id_name_or_alias(engine: Engine, writer: Writer, name: str) -> None:
    with reading(engine) as connection:
        assert reports.find_actor(connection, name) == "mara-lind"


@pytest.mark.parametrize("name", ["Lind", "Mara Lynd"])
def test_an_unknown_actor_is_answered_with_near_names(engine: Engine, writer: Writer, name: str) -> None:
    with (
        reading(engine) as connection,
        pytest.raises(UsageError, match=rf"no actor is called '{name}'. Did you mean .*Mara Lind \(mara-lind\)"),
    ):
        reports.find_actor(connection, name)


def test_a_merged_actor_answers_for_both_until_it_is_undone(engine: Engine, writer: Writer) -> None:
    writer.actor("person:m-lind", "M. Lind")
    writer.merge("person:m-lind", "mara-lind")
    catch_up(engine, writer.ledger)
    with reading(engine) as connection:
        assert reports.find_actor(connection, "M. Lind") == "mara-lind"
    writer.undo("person:m-lind", "mara-lind")
    catch_up(engine, writer.ledger)
    with reading(engine) as connection:
        assert reports.find_actor(connection, "M. Lind") == "person:m-lind"


def test_two_actors_of_one_name_must_be_told_apart_by_id(engine: Engine, writer: Writer) -> None:
    writer.actor("person:other", "Mara Lind")
    catch_up(engine, writer.ledger)
    with reading(engine) as connection, pytest.raises(UsageError, match="one: mara-lind, person:other"):
        reports.find_actor(connection, "Mara Lind")


def test_erased_words_are_gone_and_the_structure_stays(engine: Engine, writer: Writer) -> None:
    writer.erase(11, "words")
    writer.erase(10, "text")
    for derive in (catch_up, rebuild):
        derive(engine, writer.ledger)
        with reading(engine) as connection:
            (row,) = connection.execute(text("SELECT quote, cue, stance FROM statements WHERE statement = 's-1'"))
            article = connection.execute(text("SELECT text, title, chars FROM articles WHERE article = 'a-1'")).one()
        assert tuple(row) == (None, None, "oppose")
        assert tuple(article) == (None, "Minister: the toll stays", 33)


def test_an_article_taken_down_keeps_its_text_and_says_so(engine: Engine, writer: Writer) -> None:
    writer.append(ArticleRemoved("a-3", "404", iso(day(20))))
    catch_up(engine, writer.ledger)
    with reading(engine) as connection:
        rows = connection.execute(
            text(
                "SELECT latest, removed_reason, text IS NOT NULL FROM articles WHERE article = 'a-3' ORDER BY revision"
            )
        ).all()
    assert [tuple(map(bool, row)) for row in rows] == [(False, True, True), (True, True, True)]


def test_feed_health_tells_failing_from_silent_from_well(engine: Engine, ledger: Ledger) -> None:
    writer = Writer(ledger)
    for feed in ("failing", "silent", "new"):
        writer.feed(feed)
    catch_up(engine, ledger)
    with writing(engine) as connection:
        for feed, failures in (("failing", 3), ("silent", 0)):
            connection.execute(
                operations.feed_state.insert().values(
                    feed=feed,
                    url="https://example.org",
                    due_at=iso(day(2)),
                    failures=failures,
                    last_polled_at=iso(day(1)),
                )
            )
    with reading(engine) as connection:
        health = {row.feed: row.health for row in connection.execute(text("SELECT feed, health FROM feed_health"))}
    assert health == {"failing": "failing", "silent": "silent", "new": "never polled"}


def test_the_lag_of_each_projection_is_reported(engine: Engine, ledger: Ledger) -> None:
    writer = Writer(ledger)
    writer.feed()
    catch_up(engine, ledger)
    writer.feed("other")
    with reading(engine) as connection:
        lags = {row["name"]: row["lag"] for row in reports.projections(connection)}
    assert lags == {"articles": 1, "outlets": 1, "registry": 1, "stances": 1, "statements": 1}
