"""The harbour toll of Norland once more, as reports, search and exports are tested on it: it stays as it is."""

from __future__ import annotations

from archive.ledger.events import ActorAliasAdded, ArticleRemoved, OfficeHeld
from archive.ledger.store import Ledger
from archive.model import iso
from tests.views.histories import Writer, day


def toll_debate(ledger: Ledger) -> Writer:
    """Two ministers of Norland, one of Veyland, two weeks of March 2024; one later correction by a person."""
    writer = Writer(ledger)
    writer.feed("wire", "https://wire.example/feed.xml", "Norland Wire")
    writer.topic("harbour-toll", "The harbour toll should be abolished", "harbour toll", "port charges")
    writer.actor("country:norland", "Norland", "country")
    writer.actor("country:veyland", "Veyland", "country")
    writer.actor("mara-lind", "Mara Lind")
    writer.append(ActorAliasAdded("mara-lind", "Minister Lind", "configuration"))
    writer.append(OfficeHeld("mara-lind", "Minister of Ports", "country:norland", "2023-06-01"))
    writer.actor("tove-ask", "Tove Ask")
    writer.actor("ivo-brandt", "Ivo Brandt")
    _first_week(writer)
    _second_week(writer)
    writer.assess("s-4", "harbour-toll", "open", "person", "person", by="A. Reader")
    writer.assess("s-4", "harbour-toll", "undecided", "person", "person")
    _edited_and_taken_down(writer)
    return writer


def _edited_and_taken_down(writer: Writer) -> None:
    said = "Tove Ask said that talks begin in May. “No date is set,” she said. “Nobody asked us,” said a clerk."
    writer.article("a-4", day(9), said, "Talks")
    writer.statement("s-6", "a-4", "tove-ask", day(9), quote="talks begin in May", start=19, kind="indirect")
    writer.statement("s-7", "a-4", "tove-ask", day(9), quote="No date is set", start=40)
    writer.statement("s-8", "a-4", None, day(9), quote="Nobody asked us", start=68)
    writer.article(
        "a-4", day(9), "Tove Ask said that talks begin in June. “Nobody asked us.” “No date is set,” she said."
    )
    writer.reanchor("s-7", 60, 14)
    writer.statement(
        "s-9", "a-4", "tove-ask", day(9), quote="talks begin in June", start=19, kind="indirect", cause="edit"
    )
    writer.withdraw("s-6", replaced_by="s-9")
    writer.withdraw("s-8", orphaned=True)
    writer.article("a-4", day(9), "Tove Ask said that talks begin in June.")
    writer.withdraw("s-7")
    writer.append(ArticleRemoved("a-4", "404 Not Found", iso(day(10))))


def _first_week(writer: Writer) -> None:
    norland = {"speaks_for": "country:norland"}
    writer.article("a-1", day(1), "“The toll stays,” said Mara Lind.", "Minister: the toll stays")
    writer.statement("s-1", "a-1", "mara-lind", day(1), quote="The toll stays", start=1, **norland)
    writer.assess("s-1", "harbour-toll", "oppose", confidence=900)
    writer.article("a-2", day(4), "“The toll must go,” said Ivo Brandt, who expects Norland to agree.", "Veyland asks")
    writer.statement(
        "s-2", "a-2", "ivo-brandt", day(4), quote="The toll must go", start=1, speaks_for="country:veyland"
    )
    writer.assess("s-2", "harbour-toll", "support", confidence=950)
    hearsay = {"directness": "ascribed", "kind": "indirect"}
    writer.statement("s-3", "a-2", "country:norland", day(4), quote="expects Norland to agree", start=41, **hearsay)
    writer.assess("s-3", "harbour-toll", "support", confidence=600)


def _second_week(writer: Writer) -> None:
    norland = {"speaks_for": "country:norland"}
    writer.article(
        "a-3", day(8), "“We rule nothing out,” said Tove Ask. “If the ports agree, it can go,” said Mara Lind."
    )
    writer.statement("s-4", "a-3", "tove-ask", day(8), quote="We rule nothing out", start=1, **norland)
    writer.assess("s-4", "harbour-toll", "open", confidence=800)
    writer.statement("s-5", "a-3", "mara-lind", day(8), quote="If the ports agree, it can go", start=39, **norland)
    writer.assess("s-5", "harbour-toll", "conditional", confidence=850)
    writer.article(
        "a-3", day(8), "“We rule nothing out,” said Tove Ask, and Mara Lind agreed to talks.", "A door opens"
    )
