"""What is read becomes events, and what the configuration declares: pure functions, tested as such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from archive.ledger.declare import declare, declared
from archive.ledger.events import (
    ActorAliasRemoved,
    ActorRegistered,
    ArticleCaptured,
    Event,
    FeedMoved,
    OfficeHeld,
    StanceAssessed,
    StatementReanchored,
    StatementRecorded,
    StatementWithdrawn,
    TopicRetired,
    read_words,
)
from archive.ledger.header import Draft, Recorded, decode, seal
from archive.ledger.known import known_article
from archive.ledger.names import Known, Names, Usage
from archive.ledger.record import record, reread
from archive.model import (
    Actor,
    ActorKind,
    ActorMention,
    Article,
    Assessment,
    Feed,
    Reading,
    Span,
    Stance,
    Statement,
    StatementKind,
    Tenure,
    TextSource,
    Topic,
)

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
TEXT = "Ada Quill said the toll must stay. Ben Hale agreed. Nobody else spoke. The end of it all is near."
COUNTRIES = Names(
    Usage({"norland": ("Norland", ActorKind.COUNTRY)}), {"a quill": (Known("ada", "ada", "person", ("ada quill",)),)}
)


def article(text: str = TEXT) -> Article:
    return Article(
        id="a-1", feed="wire", key="guid:1", text=text, text_source=TextSource.CONTENT, captured_at=NOW, title="T"
    )


def statement(start: int, end: int, actor: str | None = "Ada Quill") -> Statement:
    mention = ActorMention(name=actor, kind=ActorKind.PERSON) if actor else None
    return Statement(kind=StatementKind.INDIRECT, content=(Span(start, end),), actor=mention)


def reading(*statements: Statement) -> Reading:
    return Reading(extractor="rules@1", statements=statements)


def log(drafts: Sequence[Draft], before: Sequence[Recorded] = ()) -> list[Recorded]:
    """Append in memory."""
    recorded = list(before)
    for draft in drafts:
        version = 1 + sum(one.stream == draft.event.stream for one in recorded)
        sealed = seal(draft, version)
        parts = {part.name: part.body for part in sealed.parts}
        recorded.append(decode(len(recorded) + 1, sealed.header("2024-03-01T12:00:00.000000Z"), parts))
    return recorded


def drafts(article: Article, read: Reading, before: Sequence[Recorded] = (), names: Names = COUNTRIES) -> list[Draft]:
    stream = [one for one in before if one.stream == "article:a-1"]
    return record(article, read, fingerprint="f", rules="stance@1", known=known_article(stream), names=names)


def events(batch: Sequence[Draft], kind: type[Event]) -> list[Event]:
    return [draft.event for draft in batch if type(draft.event) is kind]


def test_a_batch_holds_the_revision_its_statements_and_their_assessments() -> None:
    judged = Assessment(topic="toll", stance=Stance.CONDITIONAL, confidence=0.8, condition=Span(19, 33))
    said = replace(statement(15, 33), assessments=(judged,), speaks_for="Norland", said_on=date(2024, 2, 28))
    batch = drafts(article(), reading(said))
    kinds = [type(draft.event) for draft in batch]
    assert kinds == [ArticleCaptured, ActorRegistered, ActorRegistered, StatementRecorded, StanceAssessed]
    recorded, assessed = batch[3].event, batch[4].event
    assert isinstance(recorded, StatementRecorded)
    assert isinstance(assessed, StanceAssessed)
    assert (recorded.actor, recorded.speaks_for) == ("person:ada-quill", "country:norland")
    assert (recorded.valid_at, recorded.precision) == ("2024-02-28T00:00:00.000000Z", "said")
    assert (assessed.statement, assessed.confidence, assessed.by) == (recorded.statement, 800, "stance@1")
    words = read_words(batch[3].parts["words"])
    assert (words.content, words.condition) == ((TEXT[15:33],), TEXT[19:33])
    assert dict(batch[0].parts) == {"text": TEXT.encode(), "title": b"T"}


def test_unknown_stays_unknown() -> None:
    batch = drafts(article(), reading(statement(15, 33, None)))
    (recorded,) = events(batch, StatementRecorded)
    assert isinstance(recorded, StatementRecorded)
    assert (recorded.actor, recorded.named, recorded.speaks_for, recorded.precision) == (None, None, None, "captured")
    assert events(batch, ActorRegistered) == []


def test_the_same_statement_twice_in_a_reading_is_recorded_once() -> None:
    batch = drafts(article(), reading(statement(15, 33), statement(15, 33)))
    assert len(events(batch, StatementRecorded)) == 1


spans = st.tuples(st.integers(0, len(TEXT) - 2), st.integers(1, 40)).map(lambda s: (s[0], min(s[0] + s[1], len(TEXT))))
readings = st.lists(
    st.builds(
        lambda span, who: statement(span[0], span[1], who), spans, st.sampled_from(["Ada Quill", "Ben Hale", None])
    ),
    max_size=6,
)


def plain(words: str) -> str:
    return " ".join(words.split())


@given(readings, st.lists(readings, max_size=3))
def test_after_any_edits_what_counts_is_what_the_last_revision_says(
    first: list[Statement], later: list[list[Statement]]
) -> None:
    recorded = log(drafts(article(), reading(*first)))
    wanted = first
    for revised in later:
        recorded = log(drafts(article(), reading(*revised), recorded), recorded)
        wanted = revised
    known = known_article([one for one in recorded if one.stream == "article:a-1"])
    assert known is not None
    assert known.revision == 1 + len(later)
    counted = sorted((event.actor or "", plain(known.words[id_].content[0])) for id_, event in known.live.items())
    distinct = {(s.content, s.actor): s for s in wanted}.values()
    said = {
        (f"person:{s.actor.name.lower().replace(' ', '-')}" if s.actor else "", plain(TEXT[slice(*s.content[0])]))
        for s in distinct
    }
    assert set(counted) == said


@given(readings)
def test_an_edit_that_leaves_the_statements_alone_records_and_withdraws_none(read: list[Statement]) -> None:
    recorded = log(drafts(article(), reading(*read)))
    again = drafts(article(), reading(*{(s.content, s.actor): s for s in read}.values()), recorded)
    assert events(again, StatementRecorded) == []
    assert events(again, StatementWithdrawn) == []


def person(event: StatementRecorded, by: str = "R. Voss") -> StanceAssessed:
    return StanceAssessed(
        statement=event.statement, article="a-1", topic="toll", stance="open", method="person", by=by, cause="person"
    )


def recorded_in(log: Sequence[Recorded]) -> list[StatementRecorded]:
    return [one.event for one in log if isinstance(one.event, StatementRecorded)]


def again(article: Article, read: Reading, before: Sequence[Recorded]) -> list[Draft]:
    known = known_article([one for one in before if one.stream == "article:a-1"])
    assert known is not None
    return reread(article, read, rules="stance@2", known=known, names=COUNTRIES)


@given(readings, readings)
def test_another_reading_changes_only_what_it_reads_otherwise(first: list[Statement], second: list[Statement]) -> None:
    recorded = log(drafts(article(), reading(*first)))
    recorded = log(again(article(), reading(*second), recorded), recorded)
    assert again(article(), reading(*second), recorded) == []
    changed = [one.event for one in recorded if isinstance(one.event, StatementRecorded | StatementWithdrawn)]
    assert {event.cause for event in changed[len(recorded_in(log(drafts(article(), reading(*first))))) :]} <= {"rules"}


def test_what_a_person_assessed_outlives_a_reading_that_does_not_find_it() -> None:
    recorded = log(drafts(article(), reading(statement(15, 33), statement(34, 50))))
    kept, _ = recorded_in(recorded)
    recorded = log([Draft(person(kept))], recorded)
    gone = events(again(article(), reading(), recorded), StatementWithdrawn)
    assert [event.statement for event in gone if isinstance(event, StatementWithdrawn)] == [
        event.statement for event in recorded_in(recorded) if event != kept
    ]


def test_what_a_person_withdrew_is_not_recorded_again() -> None:
    recorded = log(drafts(article(), reading(statement(15, 33))))
    (found,) = recorded_in(recorded)
    refused = StatementWithdrawn(found.statement, "a-1", "person", "R. Voss", "misread")
    recorded = log([Draft(refused)], recorded)
    assert again(article(), reading(statement(15, 33)), recorded) == []
    edited = drafts(article(), reading(statement(15, 33), statement(34, 50)), recorded)
    assert len(events(edited, StatementRecorded)) == 1


FEED = Feed(id="wire", url="https://wire.example/feed", title="Wire")
TOPIC = Topic(id="toll", proposition="The toll should go", terms=("toll",))
ACTOR = Actor(
    id="ada", name="Ada Quill", kind=ActorKind.PERSON, aliases=("A. Quill",), offices=(Tenure(office="Minister"),)
)


def test_what_is_declared_already_is_not_declared_again() -> None:
    recorded = log(declare(declared([]), [FEED], [TOPIC], [ACTOR]))
    assert len(recorded) == 5
    assert declare(declared(recorded), [FEED], [TOPIC], [ACTOR]) == []


def test_changes_of_the_configuration_are_events() -> None:
    recorded = log(declare(declared([]), [FEED], [TOPIC], [ACTOR]))
    moved = replace(FEED, url="https://wire.example/new")
    (event,) = (draft.event for draft in declare(declared(recorded), [moved], [TOPIC], [ACTOR]))
    assert event == FeedMoved("wire", moved.url, FEED.url)
    (event,) = (draft.event for draft in declare(declared(recorded), [FEED], [], [ACTOR]))
    assert event == TopicRetired("toll")
    renamed = declare(declared(recorded), [replace(FEED, title="New name")], [replace(TOPIC, terms=("quay",))], [ACTOR])
    assert [draft.event.type for draft in renamed] == ["feed.added.v1", "topic.defined.v1"]


def test_a_feed_that_is_retired_can_come_back() -> None:
    recorded = log(declare(declared([]), [FEED], [], []))
    recorded = log(declare(declared(recorded), [], [], []), recorded)
    recorded = log(declare(declared(recorded), [FEED], [], []), recorded)
    assert [one.event.type for one in recorded] == ["feed.added.v1", "feed.retired.v1", "feed.added.v1"]
    assert len({one.id for one in recorded}) == 3


def test_what_the_configuration_no_longer_says_is_taken_back() -> None:
    recorded = log(declare(declared([]), [], [], [ACTOR]))
    without = declare(declared(recorded), [], [], [replace(ACTOR, aliases=(), offices=())])
    assert [draft.event.type for draft in without] == ["actor.alias_removed.v1", "office.withdrawn.v1"]
    recorded = log(without, recorded)
    assert declare(declared(recorded), [], [], [replace(ACTOR, aliases=(), offices=())]) == []
    back = declare(declared(recorded), [], [], [ACTOR])
    assert [draft.event.type for draft in back] == ["actor.alias_added.v1", "office.held.v2"]


def test_the_configuration_does_not_bring_back_an_alias_that_a_person_removed() -> None:
    recorded = log(declare(declared([]), [], [], [ACTOR]))
    recorded = log([Draft(ActorAliasRemoved("ada", "A. Quill", "R. Voss"))], recorded)
    assert declare(declared(recorded), [], [], [ACTOR]) == []


def test_a_tenure_that_ends_takes_the_place_of_the_open_one() -> None:
    since = Tenure(office="Minister", since=date(2024, 1, 1))
    ended = replace(since, until=date(2024, 2, 1))
    recorded = log(declare(declared([]), [], [], [replace(ACTOR, offices=(since,))]))
    (event,) = (draft.event for draft in declare(declared(recorded), [], [], [replace(ACTOR, offices=(ended,))]))
    assert event == OfficeHeld("ada", "Minister", None, "2024-01-01", "2024-02-01", "configuration")


def fates(old: Article, first: Reading, after: Article, second: Reading, **kwargs: Reading) -> list[Event]:
    """What an edit appends beside the revision, its words and who is named."""
    stream = log(drafts(old, first))
    known = known_article([one for one in stream if one.stream == "article:a-1"])
    batch = record(after, second, fingerprint="g", rules="stance@1", known=known, names=COUNTRIES, **kwargs)
    return [draft.event for draft in batch if not isinstance(draft.event, ArticleCaptured | ActorRegistered)]


def at(text: str, words: str, actor: str | None = "Ada Quill") -> Statement:
    start = text.index(words)
    return statement(start, start + len(words), actor)


def test_what_stands_elsewhere_is_told_where_and_is_not_recorded_again() -> None:
    moved = "Late on Friday, so we hear. " + TEXT
    (event,) = fates(
        article(), reading(at(TEXT, "the toll must stay")), article(moved), reading(at(moved, "the toll must stay"))
    )
    assert isinstance(event, StatementReanchored)
    assert (event.revision, [moved[slice(*span)] for span in event.content]) == (2, ["the toll must stay"])


def test_a_reworded_statement_of_the_same_actor_takes_the_place_of_the_old_one() -> None:
    edited = TEXT.replace("must stay", "may stay")
    added, gone = fates(
        article(), reading(at(TEXT, "the toll must stay")), article(edited), reading(at(edited, "the toll may stay"))
    )
    assert isinstance(added, StatementRecorded)
    assert isinstance(gone, StatementWithdrawn)
    assert (added.cause, gone.cause, gone.replaced_by, gone.orphaned) == ("edit", "edit", added.statement, False)


def test_the_same_words_of_another_take_the_place_too() -> None:
    words = "the toll must stay"
    added, gone = fates(article(), reading(at(TEXT, words)), article(TEXT + "!"), reading(at(TEXT, words, "Ben Hale")))
    assert isinstance(added, StatementRecorded)
    assert isinstance(gone, StatementWithdrawn)
    assert gone.replaced_by == added.statement


def test_words_that_stand_but_are_nobodys_are_orphaned_and_words_that_are_gone_vanish() -> None:
    read = reading(at(TEXT, "the toll must stay"), at(TEXT, "Nobody else spoke", "Ben Hale"))
    orphaned, vanished = sorted(
        (event for event in fates(article(), read, article(TEXT.replace("Nobody else spoke. ", "")), reading())),
        key=lambda event: not (isinstance(event, StatementWithdrawn) and event.orphaned),
    )
    assert isinstance(orphaned, StatementWithdrawn)
    assert isinstance(vanished, StatementWithdrawn)
    assert (orphaned.orphaned, vanished.orphaned) == (True, False)
    assert orphaned.replaced_by is vanished.replaced_by is None


def test_two_equally_near_successors_are_no_successor() -> None:
    edited = "Ada Quill said the toll must go. Ada Quill said the toll must end."
    read = reading(at(edited, "the toll must go"), at(edited, "the toll must end"))
    gone = [
        event
        for event in fates(article(), reading(at(TEXT, "the toll must stay")), article(edited), read)
        if isinstance(event, StatementWithdrawn)
    ]
    assert [event.replaced_by for event in gone] == [None]


def test_what_a_newer_extractor_reads_otherwise_is_not_the_edits_doing() -> None:
    edited = TEXT.replace("is near", "is far")
    first = reading(at(TEXT, "the toll must stay"))
    newer = replace(reading(at(edited, "Nobody else spoke", "Ben Hale"), at(edited, "is far")), extractor="rules@2")
    before = replace(reading(at(TEXT, "Nobody else spoke", "Ben Hale"), at(TEXT, "is near")), extractor="rules@2")
    found = fates(article(), first, article(edited), newer, before=before)
    told = [(event.type, event.cause) for event in found if isinstance(event, StatementRecorded | StatementWithdrawn)]
    recorded, withdrawn = "statement.recorded.v1", "statement.withdrawn.v1"
    assert sorted(told) == [(recorded, "edit"), (recorded, "rules"), (withdrawn, "rules")]
