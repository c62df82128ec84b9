"""The same wire story in several feeds: linked, never merged, its statements counted once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, text

from archive import copies
from archive.erasure import erase
from archive.ledger.engine import reading
from archive.ledger.store import Ledger
from archive.ledger.texts import Place
from archive.views import catch_up
from archive.views.rebuild import rebuild
from tests.views.histories import START, Writer, day

STORY = (
    "Officials of Norland said on Friday that the harbour toll would be abolished before the summer, after nine years"
    " in which it paid for the eastern pier. “The toll must go,” said Mara Lind, head of the port ministry. Shipping"
    " companies from Veyland had asked for this since the spring, when the council of Tarnhaven raised it by a third."
)
OTHER = (
    "The mayor of Kestrel Bay opened a new school on Monday in the presence of 200 parents. It has room for 90"
    " children, a gymnasium, and a library that will be open to all in the afternoons, said the head of the board."
)


class Papers(Writer):
    """Articles of several outlets, each with what was said in it."""

    def carry(self, article: str, outlet: str, text_: str = STORY) -> None:
        fields = {"outlet": outlet, "feed": outlet.lower(), "url": f"https://{outlet.lower()}.example/{article}"}
        self.article(article, day(3), text_, "Toll", **fields)
        officials = f"group:officials:{article}"
        self.actor(officials, "officials", "group")
        norland: dict[str, Any] = {"speaks_for": "country:norland"}
        self.statement(f"{article}-1", article, officials, day(3), quote="the harbour toll would go", **norland)
        self.assess(f"{article}-1", "harbour-toll", "support")
        self.statement(f"{article}-2", article, "mara-lind", day(3), quote="The toll must go", **norland)
        self.assess(f"{article}-2", "harbour-toll", "support")


@pytest.fixture
def papers(ledger: Ledger) -> Papers:
    writer = Papers(ledger)
    writer.topic("harbour-toll")
    writer.actor("country:norland", "Norland", "country")
    writer.actor("mara-lind", "Mara Lind")
    writer.carry("a-1", "Wire")
    writer.carry("a-2", "Post", f"From our correspondent. {STORY} {OTHER}")
    writer.carry("a-3", "School", OTHER)
    writer.carry("a-4", "Coast", STORY.replace("nine years", "ten years"))
    return writer


def ask(engine: Engine, query: str) -> list[Mapping[str, Any]]:
    with reading(engine) as connection:
        return [dict(row) for row in connection.execute(text(query)).mappings()]


def test_copies_are_linked_and_their_statements_count_once(engine: Engine, ledger: Ledger, papers: Papers) -> None:
    catch_up(engine, ledger)
    assert copies.link(engine) == 4
    rows = ask(engine, "SELECT story, article, original, how, articles FROM copies ORDER BY position")
    assert [tuple(row.values()) for row in rows] == [
        ("a-1", "a-1", True, None, 3),
        ("a-1", "a-2", False, "similar", 3),
        ("a-1", "a-4", False, "similar", 3),
    ]
    told = {row["statement"]: row for row in ask(engine, "SELECT statement, copy_of, carried_by FROM statements")}
    assert {one: row["copy_of"] for one, row in told.items()} == {
        **{f"a-{n}-{m}": None for n in (1, 3) for m in (1, 2)},
        **{f"a-{n}-{m}": f"a-1-{m}" for n in (2, 4) for m in (1, 2)},
    }
    assert {told[f"a-{n}-2"]["carried_by"] for n in (1, 2, 4)} == {"Coast; Post; Wire"}
    assert told["a-3-2"]["carried_by"] == "School"
    (norland,) = ask(engine, "SELECT speakers, spread FROM country_stance")
    # Lind, and officials: in the same words on the same day, those of the school say nothing of their own
    assert (norland["speakers"], norland["spread"]) == (2, "support 2")
    assert copies.link(engine) == 0


def test_every_way_of_following_links_the_same(engine: Engine, ledger: Ledger, papers: Papers) -> None:
    catch_up(engine, ledger, batch=2)
    copies.link(engine)
    papers.carry("a-5", "Isle", STORY.upper())
    catch_up(engine, ledger)
    copies.link(engine)
    live = [ask(engine, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("story_rows", "statement_copies")]
    rebuild(engine, ledger)
    with engine.execution_options(archive_writes=True).begin() as connection:
        for table in ("story_rows", "copy_keys", "statement_copies"):
            connection.execute(text(f"DELETE FROM {table}"))
    copies.link(engine)
    assert [ask(engine, f"SELECT * FROM {table} ORDER BY 1, 2") for table in ("story_rows", "statement_copies")] == live


def test_what_was_withdrawn_is_no_original_and_what_was_erased_leaves_no_key(
    engine: Engine, ledger: Ledger, papers: Papers
) -> None:
    catch_up(engine, ledger)
    copies.link(engine)
    papers.withdraw("a-1-2", "person", "Editor")
    catch_up(engine, ledger)
    copies.mend(engine)
    rows = ask(engine, "SELECT statement, copy_of FROM statements WHERE quote = 'The toll must go' AND NOT withdrawn")
    told = {row["statement"]: row["copy_of"] for row in rows}
    assert told == {"a-2-2": None, "a-3-2": None, "a-4-2": "a-2-2"}
    (first,) = ask(engine, "SELECT min(position) AS position FROM article_rows WHERE article = 'a-1'")
    erase(
        ledger,
        [Place(first["position"], "text")],
        words=(),
        reason="r",
        authority="a",
        by=None,
        now=START.replace(year=2030),
    )
    assert ask(engine, f"SELECT * FROM copy_keys WHERE position = {first['position']}") == []


def test_many_of_a_kind_hang_together_and_keep_few_keys(
    engine: Engine, ledger: Ledger, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(5, 40):
        papers.carry(f"a-{n}", f"Isle{n}", STORY.replace("nine", f"{n}"))
    catch_up(engine, ledger)
    monkeypatch.setattr(copies, "MOST_HOLDERS", 4)
    copies.link(engine)
    rows = ask(engine, "SELECT article, story FROM story_rows ORDER BY position")
    assert [row["story"] for row in rows] == ["a-1", "a-1", "a-3", "a-1", *["a-1"] * 35]
    (most,) = ask(engine, "SELECT max(n) AS n FROM (SELECT count(*) AS n FROM copy_keys GROUP BY key) AS held")
    assert most["n"] == 4


@pytest.mark.parametrize("size", [1, 2, 3])
def test_however_many_are_compared_at_once(
    engine: Engine, ledger: Ledger, papers: Papers, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    papers.article("a-3", day(3), STORY, "Toll")
    catch_up(engine, ledger)
    tables = ("story_rows", "copy_keys", "statement_copies")
    copies.link(engine)
    at_once = [ask(engine, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    with engine.execution_options(archive_writes=True).begin() as connection:
        for table in tables:
            connection.execute(text(f"DELETE FROM {table}"))
    monkeypatch.setattr(copies, "BATCH", size)
    monkeypatch.setattr(copies, "MOST_IN_MEMORY", 1)
    copies.link(engine)
    assert [ask(engine, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables] == at_once
