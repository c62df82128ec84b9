"""The projected tables: derived from events alone, disposable, private to this package.

Reports read the views (see ``sql/``), never these. Every row says at which log position it became known, and
what ends (a merge, a statement, a stance) says at which position it ended, so that any earlier state of
knowledge can be read from the same rows. Positions are log positions; confidences are in thousandths; spans are
JSON lists of [start, end) in code points of the revision's text; a null says "unknown", never "none".

Lookups while a rebuild fills its fresh tables go by primary key and unique constraint only: plain indexes serve
readers and are made at the end, when sorting once is cheaper than a million insertions.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text, TextClause, UniqueConstraint, text

from archive.ledger.schema import BigInt, Moment, metadata


def _partial(name: str, *columns: str | TextClause, where: str) -> Index:
    """An index on the rows that are asked for most."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


projection_cursors = Table(
    "projection_cursors",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("failed_at", BigInt),
    Column("error", Text),
    sqlite_strict=True,
)
"""How far each projection has come; ``failed_at`` and ``error`` where it stopped at the event after ``position``."""

feed_rows = Table(
    "feed_rows",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("title", Text),
    Column("language", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("retired_position", BigInt),
    sqlite_strict=True,
)

actor_rows = Table(
    "actor_rows",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("canonical", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    Index(None, "canonical"),
    Index(None, "folded"),
    sqlite_strict=True,
)

alias_rows = Table(
    "alias_rows",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("alias", Text, primary_key=True),
    Column("folded", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("removed_position", BigInt),
    Index(None, "folded"),
    sqlite_strict=True,
)

merge_rows = Table(
    "merge_rows",
    metadata,
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("actor", Text, nullable=False),
    Column("into_actor", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("undone_position", BigInt),
    _partial("ix_merge_rows_undone", "undone_position", where="undone_position IS NOT NULL"),
    sqlite_strict=True,
)

office_rows = Table(
    "office_rows",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("folded", Text, primary_key=True),
    Column("since", Text, primary_key=True),
    Column("office", Text, nullable=False),
    Column("speaks_for", Text),
    Column("until", Text),
    Column("decided_by", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("withdrawn_position", BigInt),
    Index(None, "folded"),
    sqlite_strict=True,
)
"""Tenures as they are known now; ``since`` is empty where they are since ever. ``folded`` is the office's key."""

source_rows = Table(
    "source_rows",
    metadata,
    Column("register", Text, primary_key=True),
    Column("entry", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    sqlite_strict=True,
)
"""Which entry of a public register describes which actor."""

decision_rows = Table(
    "decision_rows",
    metadata,
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("decision", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Index(None, "actor"),
    sqlite_strict=True,
)
"""Every decision on who is who, in the order of the log; ``about`` is the other actor, the alias or the office."""

topic_rows = Table(
    "topic_rows",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("proposition", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("defined_position", BigInt, nullable=False),
    Column("retired_position", BigInt),
    sqlite_strict=True,
)
"""``position`` is the first definition's, ``defined_position`` that of the one in force."""

article_rows = Table(
    "article_rows",
    metadata,
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("article", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("feed", Text, nullable=False),
    Column("entry", Text, nullable=False),
    Column("url", Text),
    Column("outlet", Text),
    Column("language", Text, nullable=False),
    Column("published_at", Moment),
    Column("published_raw", Text),
    Column("captured_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("text_source", Text, nullable=False),
    Column("chars", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Index(None, "article", "revision", unique=True),
    _partial("ix_article_rows_revised", "captured_at", where="revision > 1"),
    Index(None, "feed", "captured_at"),
    sqlite_strict=True,
)
"""One row a revision. Texts stay in the log's ``parts``, so that what is erased there is gone here."""

removal_rows = Table(
    "removal_rows",
    metadata,
    Column("article", Text, primary_key=True),
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("reason", Text, nullable=False),
    Column("observed_at", Moment, nullable=False),
    sqlite_strict=True,
)

hidden_rows = Table(
    "hidden_rows",
    metadata,
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("part", Text, primary_key=True),
    Column("hidden_position", BigInt, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("shown_position", BigInt),
    sqlite_strict=True,
)
"""Texts that were ever hidden, by the last time; ``shown_position`` is null while they are."""

statement_rows = Table(
    "statement_rows",
    metadata,
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("statement", Text, nullable=False),
    Column("article", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("resolution", Text, nullable=False),
    Column("actor", Text),
    Column("named", Text),
    Column("named_kind", Text),
    Column("role", Text),
    Column("named_country", Text),
    Column("speaks_for", Text),
    Column("directness", Text, nullable=False),
    Column("valid_at", Moment, nullable=False),
    Column("precision", Text, nullable=False),
    Column("said_on", Text),
    Column("confidence", Integer, nullable=False),
    Column("dateline", Moment, nullable=False),
    Column("article_position", BigInt, nullable=False),
    Column("start", Integer, nullable=False),
    Column("content_spans", Text, nullable=False),
    Column("cue_spans", Text, nullable=False),
    Column("speaker_start", Integer),
    Column("speaker_end", Integer),
    Column("via", Text, nullable=False),
    Column("extractor", Text, nullable=False),
    Column("pattern", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("quote", Text),
    Column("cue", Text),
    Column("speaker", Text),
    Column("condition", Text),
    UniqueConstraint("statement"),
    Index(None, "article"),
    # Not of unnamed speakers: SQLite would take it for those, though the index of them alone holds all that is asked
    _partial("ix_statement_rows_actor_valid_at", "actor", "valid_at", where="actor IS NOT NULL"),
    Index(None, "valid_at"),
    Index(
        "ix_statement_rows_words",
        text("to_tsvector('english'::regconfig, coalesce(quote, ''::text))"),
        postgresql_using="gin",
    ).ddl_if(dialect="postgresql"),
    Index("ix_statement_rows_whose", text("coalesce(actor, '')"), "valid_at").ddl_if(dialect="postgresql"),
    _partial("ix_statement_rows_nobody", "named", "speaker", "article", "statement", "position", where="actor IS NULL"),
    # Words taken out of the index stay in its older segments until these are merged
    info={"tidy_sqlite": "INSERT INTO statement_search (statement_search) VALUES ('optimize')"},
    sqlite_strict=True,
)
"""``quote``, ``cue``, ``speaker`` and ``condition`` are the words themselves; null once they are erased.

``dateline`` is when the article was published, or else captured, in its first revision, and ``article_position``
that revision's position: with ``start`` they order statements of the same ``valid_at``.
"""

withdrawal_rows = Table(
    "withdrawal_rows",
    metadata,
    Column("statement", Text, primary_key=True),
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("cause", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("replaced_by", Text),
    Column("orphaned", Integer, nullable=False, server_default=text("0")),
    Index(None, "replaced_by"),
    sqlite_strict=True,
)

anchor_rows = Table(
    "anchor_rows",
    metadata,
    Column("statement", Text, primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("position", BigInt, nullable=False),
    Column("content_spans", Text, nullable=False),
    sqlite_strict=True,
)
"""Where a statement stands in a later revision than the one it was read from, if that is elsewhere."""

assessment_rows = Table(
    "assessment_rows",
    metadata,
    Column("statement", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Column("actor", Text),
    Column("stance", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("assessed_by", Text, nullable=False),
    Column("confidence", Integer, nullable=False),
    Column("evidence_spans", Text, nullable=False),
    Column("condition_start", Integer),
    Column("condition_end", Integer),
    Column("rule", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("superseded_position", BigInt),
    UniqueConstraint("actor", "topic", "position"),
    Index(None, "position"),
    Index(None, "topic", "statement"),
    Index("ix_assessment_rows_whose", text("coalesce(actor, '')"), "topic").ddl_if(dialect="postgresql"),
    _partial("ix_assessment_rows_person", "topic", "statement", where="method = 'person'"),
    sqlite_strict=True,
)
"""Every judgement ever made; one for each statement and topic counts, whose ``superseded_position`` is null.

``actor`` is the statement's, as it was recorded; null where nobody could be told. A judgement that came after one
of more authority was superseded from the start, at its own position.
"""


stance_rows = Table(
    "stance_rows",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("valid_from", Moment, primary_key=True),
    Column("known_from", BigInt, primary_key=True, autoincrement=False),
    Column("valid_to", Moment),
    Column("known_to", BigInt),
    Column("known_since", Moment, nullable=False),
    Column("known_until", Moment),
    Column("stance", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("assessment", BigInt, nullable=False),
    Column("method", Text, nullable=False),
    Column("confidence", Integer, nullable=False),
    Column("directness", Text, nullable=False),
    Column("speaks_for", Text),
    Column("precision", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    _partial("ix_stance_rows_course", "topic", "valid_to", "valid_from", "actor", "stance", where="known_to IS NULL"),
    _partial("ix_stance_rows_change", "valid_from", where="known_to IS NULL"),
    _partial("ix_stance_rows_hearsay", "valid_to", "topic", where="known_to IS NULL AND directness = 'ascribed'"),
    _partial(
        "ix_stance_rows_spoken", "speaks_for", "topic", "valid_to", where="known_to IS NULL AND speaks_for IS NOT NULL"
    ),
    _partial("ix_stance_rows_held", "actor", "topic", "stance", where="known_to IS NULL AND valid_to IS NULL"),
    Index("ix_stance_rows_as_of", "topic", "valid_from", "valid_to", "known_from", "known_to"),
    Index(None, "topic", "known_since", "known_until"),
    Index(None, "known_since"),
    Index(None, "statement"),
    sqlite_strict=True,
)
"""Bitemporal: [valid_from, valid_to) is when the actor held it, [known_from, known_to) when the archive said so.

``known_since`` and ``known_until`` are the same knowledge times by the operator's clock; ``assessment`` is the
position of the judgement the row rests on, ``position`` that of the statement. The indexes hold what is asked for
most, so that an answer of a few rows reads a few pages whatever the size of the archive: "as of" who held what as known
at a position, "held" what an actor holds, "course" who holds or held what on a topic as known now, "change" the latest
changes, "hearsay" what is known from others only, "spoken" who speaks for whom.
"""

outlet_rows = Table(
    "outlet_rows",
    metadata,
    Column("outlet", Text, primary_key=True),
    Column("agency", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("statements", Integer, nullable=False),
    # As the view shows them: SQLite then sums up in the index's order, and neither sorts nor looks at the table
    _partial(
        "ix_outlet_rows_shown",
        text("nullif(outlet, '')"),
        text("nullif(agency, '')"),
        "month",
        "statements",
        "outlet",
        "agency",
        where="statements > 0",
    ),
    sqlite_strict=True,
)
"""How many statements count; ``outlet`` and ``agency`` are empty where unknown or none, ``month`` is 2024-03."""

PROJECTED = (
    feed_rows,
    actor_rows,
    alias_rows,
    merge_rows,
    office_rows,
    source_rows,
    decision_rows,
    topic_rows,
    article_rows,
    removal_rows,
    hidden_rows,
    statement_rows,
    withdrawal_rows,
    anchor_rows,
    assessment_rows,
    stance_rows,
    outlet_rows,
)
"""All tables that a rebuild fills afresh and swaps."""
