"""Every measure runs once, at a tiny size: that the benchmarks work, not how fast anything is."""

from __future__ import annotations

import pytest

pytest.importorskip("eventsourcing", reason="the benchmarks' libraries are not installed: pip install -e '.[bench]'")
pytest.importorskip("psycopg_pool", reason="the benchmarks' libraries are not installed: pip install -e '.[bench]'")

from benchmarks.measures import Measure, measures
from benchmarks.memory import Memory, memory
from benchmarks.payloads import articles
from benchmarks.table import memory_table, speed_table

TINY = 0.001


def named(measure: Measure) -> str:
    return f"{measure.work}-{measure.backend}-{measure.contender}"


@pytest.mark.parametrize("measure", measures(["sqlite"], TINY), ids=named)
def test_every_measure_does_its_work_on_sqlite(measure: Measure) -> None:
    assert measure.run() > 0


@pytest.mark.parametrize("measure", measures(["postgresql"], TINY), ids=named)
def test_every_measure_does_its_work_on_postgresql(postgres_server: str, measure: Measure) -> None:
    assert measure.run() > 0


def test_a_rebuild_in_a_process_of_its_own_tells_its_peak() -> None:
    told = memory("sqlite", events=20)
    assert (told.backend, told.events) == ("sqlite", 20)
    assert 10 < told.peak_megabytes < 1000


def test_the_same_number_gives_the_same_article_of_some_700_bytes() -> None:
    import msgspec

    assert articles(5, 3)[1:] == articles(6, 2)
    assert 650 < len(msgspec.json.encode(articles(1234, 1)[0])) < 750


def test_ratios_stand_beside_the_figures() -> None:
    rates = {("replay", "sqlite"): {"archive": 3000.0, "eventsourcing": 1000.0, "driver": 6000.0}}
    assert speed_table(rates).splitlines()[-1] == "| replay | sqlite | 3,000 | 1,000 | 6,000 | – | 3.00 | 0.50 |"
    assert (
        memory_table([Memory("sqlite", 1000, 2.0, 99.6)]).splitlines()[-1]
        == "| 1,000 events | sqlite | 500 | 2.0 | 100 |"
    )


def test_the_questions_are_asked_of_a_small_archive_too() -> None:
    from datetime import UTC, datetime

    from archive.ledger.engine import connect
    from archive.ledger.migrate import upgrade
    from archive.views import named
    from benchmarks.million import Size, fill
    from benchmarks.places import place
    from benchmarks.questions import parquet_rate, questions, table

    now = datetime(2024, 3, 1, tzinfo=UTC)
    with place("sqlite") as made:
        engine = connect(made.url)
        upgrade(engine)
        fill(engine, Size(statements=400, actors=20, topics=8, countries=3, outlets=4), now)
        asked = questions(engine, now)
        assert [one.report for one in asked] == list(named.ORDER)
        assert {one.report for one in asked if one.rows} >= {"stances-now", "said", "agrees-with", "outlets"}
        assert len(table(asked).splitlines()) == 17
        assert parquet_rate(engine)[0] > 0
        engine.dispose()
