"""A topic that is defined otherwise is assessed again as events: what differs, once, and never what a person said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from archive import config, judgement
from archive.errors import UsageError
from archive.ledger.engine import reading
from archive.model import Article, Stance, TextSource, Topic
from archive.pipeline import Archive, capture, open_archive
from archive.reassessing import Reassessed, reassess
from archive.views import catch_up, rebuild
from archive.views.reports import history

NOW = datetime(2024, 3, 1, tzinfo=UTC)
TOLL = Topic(id="toll", proposition="The harbour toll should be abolished", terms=("harbour toll",))
OTHER = replace(TOLL, proposition="The lighthouse should be sold", terms=("lighthouse",))
TEXT = (
    "Ada Quill, the mayor, said on Monday that the port charges should be abolished. "
    "Ben Hale said that the harbour toll should be abolished.\n\n"
    "Cy Moe, a farmer, opposed the abolition of the harbour toll."
)


def archive(url: str, topic: Topic) -> Archive:
    opened = config.Config(
        path=Path("x"), settings=config.Settings(database=url, key=Path("key"), publish=Path("site")), topics=(topic,)
    )
    return open_archive(opened, NOW)


def written(topic: Topic, url: str, text_: str = TEXT) -> Archive:
    opened = archive(url, topic)
    article = Article(
        id="a-1", feed="wire", key="guid:1", text=text_, text_source=TextSource.CONTENT, captured_at=NOW, title="T"
    )
    capture(opened, article, NOW)
    catch_up(opened.engine, opened.ledger)
    return opened


def again(opened: Archive, topic: str = "toll") -> Reassessed:
    done = reassess(opened, topic, now=lambda: NOW + timedelta(days=1), progress=lambda _done, _total: None)
    catch_up(opened.engine, opened.ledger)
    return done


def labels(opened: Archive) -> dict[str, Any]:
    with reading(opened.engine) as connection:
        query = "SELECT actor_name, stance, cause FROM current_stance WHERE score IS NOT NULL"
        return {row.actor_name: (row.stance, row.cause) for row in connection.execute(text(query))}


def test_new_terms_assess_what_they_find_and_lost_ones_retract_once(database_url: str) -> None:
    opened = written(OTHER, database_url)
    assert labels(opened) == {}
    assert again(opened) == Reassessed(1, 3)
    opened.close()

    opened = archive(database_url, TOLL)
    assert again(opened) == Reassessed(1, 3, assessed=3)
    assert labels(opened) == {"Ben Hale": ("support", "rules"), "Cy Moe": ("oppose", "rules")}
    assert again(opened) == Reassessed(1, 3)
    opened.close()

    opened = archive(database_url, OTHER)
    assert again(opened) == Reassessed(1, 3, retracted=3)
    assert labels(opened) == {}
    assert again(opened) == Reassessed(1, 3)
    assert rebuild(opened.engine, opened.ledger, check=True) == []
    opened.close()


def test_what_a_person_said_stays_whatever_the_terms(sqlite_url: str) -> None:
    opened = written(TOLL, sqlite_url)
    with reading(opened.engine) as connection:
        query = "SELECT statement FROM statements WHERE actor_name = 'Cy Moe'"
        statement = connection.execute(text(query)).scalar_one()
    judgement.assess(opened.ledger, statement, "toll", Stance.UNDECIDED, by="R. Voss", note="read it", now=NOW)
    catch_up(opened.engine, opened.ledger)
    assert labels(opened)["Cy Moe"] == ("undecided", "person")
    opened.close()
    opened = archive(sqlite_url, OTHER)
    again(opened)
    assert labels(opened)["Cy Moe"] == ("undecided", "person")
    with reading(opened.engine) as connection:
        row = connection.execute(text("SELECT overridden, stance, assessed_by, note FROM overrides")).one()
        (step,) = history(connection, "person:cy-moe")
    assert tuple(row) == ("oppose", "undecided", "R. Voss", "read it")
    assert step["cause"] == "person"
    opened.close()


def test_spans_are_of_the_revision_a_statement_was_recorded_from(sqlite_url: str) -> None:
    opened = written(OTHER, sqlite_url)
    longer = "The harbour is old.\n\n" + TEXT
    article = Article(
        id="a-1", feed="wire", key="guid:1", text=longer, text_source=TextSource.CONTENT, captured_at=NOW, title="T"
    )
    capture(opened, article, NOW + timedelta(hours=1))
    opened.close()
    opened = archive(sqlite_url, TOLL)
    again(opened)
    with reading(opened.engine) as connection:
        query = (
            "SELECT a.evidence_spans FROM assessment_rows a JOIN statements s ON s.statement = a.statement "
            "WHERE s.actor_name = 'Ben Hale' AND a.cause = 'rules'"
        )
        ((spans,),) = connection.execute(text(query)).all()
    words = [TEXT[a:b] for a, b in eval(spans)]
    assert "should" in words
    opened.close()


def test_a_topic_that_is_not_configured_is_told(sqlite_url: str) -> None:
    opened = written(TOLL, sqlite_url)
    with pytest.raises(UsageError, match=r"the topic 'dam' is not configured.*Topics there are: toll"):
        again(opened, "dam")
    opened.close()
