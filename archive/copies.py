"""Which articles carry the same story, and which statements are one told several times: linked, never merged.

Derived from the log's texts and disposable, like the projections; followed article by article, with the candidates'
keys in a table rather than in memory. A story is the set of articles that hang together by verified likeness, named
after the first. A statement is the same in two articles of a story where the same actor says the same words; of an
unnamed one, who is an actor of each article anew, the words decide.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Column, Connection, Engine, Index, Integer, Table, Text, func, select, text

from archive.feeds.copies import Likeness, Story, keys, likeness, story
from archive.ledger.engine import reading, writing
from archive.ledger.schema import BigInt, Moment, metadata, parts
from archive.model import fold, iso, parse_iso
from archive.views.tables import article_rows

story_rows = Table(
    "story_rows",
    metadata,
    Column("article", Text, primary_key=True),
    Column("story", Text, nullable=False),
    Column("position", BigInt, nullable=False),
    Column("linked_to", Text),
    Column("how", Text),
    Column("similarity", Integer),
    Index(None, "story"),
    Index(None, "position"),
    sqlite_strict=True,
)
"""``position`` is the revision that was compared last; ``similarity`` is in thousandths."""

copy_keys = Table(
    "copy_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("article", Text, primary_key=True),
    Column("position", BigInt, nullable=False),
    Column("captured_at", Moment, nullable=False),
    Index(None, "article"),
    Index(None, "position"),
    sqlite_strict=True,
)

statement_copies = Table(
    "statement_copies",
    metadata,
    Column("statement", Text, primary_key=True),
    Column("original", Text, nullable=False),
    Column("story", Text, nullable=False),
    Index(None, "original"),
    Index(None, "story"),
    sqlite_strict=True,
)
"""Statements told in several articles of one story, each with the one that was recorded first (its own for that)."""

WINDOW = timedelta(days=30)
"""How far apart two captures of one story may be."""
BATCH = 50
MOST_CANDIDATES = 40

_NEXT = text("""
SELECT a.article, a.position, a.url, a.captured_at, p.body
FROM article_rows a LEFT JOIN parts p ON p.position = a.position AND p.name = 'text'
WHERE a.position > :after ORDER BY a.position LIMIT :most
""").columns(captured_at=Moment)
_SAID = text("""
SELECT r.article, s.statement, s.actor, who.kind, s.quote, s.position
FROM story_rows r JOIN statement_rows s ON s.article = r.article LEFT JOIN actor_rows who ON who.actor = s.actor
WHERE r.story = :story AND s.quote IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM withdrawal_rows w WHERE w.statement = s.statement)
ORDER BY s.position
""")
_UNNAMED = frozenset({"anonymous", "group"})


class _Article(NamedTuple):
    article: str
    position: int
    url: str | None
    captured_at: datetime
    text: str | None


def link(engine: Engine) -> int:
    """Compare every revision that was not compared yet; how many there were. Safe to call from several processes."""
    done = 0
    while True:
        with reading(engine) as connection:
            waiting = _next(connection, 1)
        if not waiting:
            return done
        with writing(engine) as connection:
            _lock(connection)
            batch = _next(connection, BATCH)
            touched = {_compare(connection, one) for one in batch}
            for name in sorted(touched):
                _link_statements(connection, name)
        done += len(batch)


def mend(engine: Engine) -> None:
    """Tell anew which statements are one where one of them was withdrawn since."""
    query = text("""
    SELECT DISTINCT c.story FROM statement_copies c JOIN withdrawal_rows w ON w.statement = c.statement ORDER BY c.story
    """)
    with reading(engine) as connection:
        touched = list(connection.execute(query).scalars())
    if touched:
        with writing(engine) as connection:
            _lock(connection)
            for name in touched:
                _link_statements(connection, name)


def forget(connection: Connection, positions: Collection[int]) -> None:
    """Delete the keys of revisions whose text is erased: a hash would confirm a guess at it."""
    connection.execute(copy_keys.delete().where(copy_keys.c.position.in_(positions)))


def housekeeping(connection: Connection, now: datetime) -> None:
    """Delete keys that nothing new is compared with any more."""
    connection.execute(copy_keys.delete().where(copy_keys.c.captured_at < iso(now - 2 * WINDOW)))


def _lock(connection: Connection) -> None:
    """One at a time; SQLite's write lock is held already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('archive.copies'), hashtext(current_schema()))"))


def _next(connection: Connection, most: int) -> list[_Article]:
    after = connection.execute(select(func.coalesce(func.max(story_rows.c.position), 0))).scalar_one()
    return [
        _Article(row.article, row.position, row.url, parse_iso(row.captured_at), _text(row.body))
        for row in connection.execute(_NEXT, {"after": after, "most": most})
    ]


def _text(body: bytes | None) -> str | None:
    return bytes(body).decode() if body is not None else None


def _compare(connection: Connection, one: _Article) -> str:
    """Take a revision up: its keys, and its story. The story's name."""
    known = connection.execute(select(story_rows).where(story_rows.c.article == one.article)).one_or_none()
    mine = story(one.text, one.url) if one.text is not None else Story(None, None, frozenset())
    found = _alike(connection, one, mine)
    connection.execute(copy_keys.delete().where(copy_keys.c.article == one.article))
    rows = [
        {"key": key, "article": one.article, "position": one.position, "captured_at": iso(one.captured_at)}
        for key in keys(mine)
    ]
    if rows:
        connection.execute(copy_keys.insert(), rows)
    if known is None:
        connection.execute(story_rows.insert().values(article=one.article, story=one.article, position=one.position))
    else:
        mine_row = story_rows.c.article == one.article
        connection.execute(story_rows.update().where(mine_row).values(position=one.position))
    return _join(connection, one.article, known.story if known else one.article, found)


def _alike(connection: Connection, one: _Article, mine: Story) -> dict[str, Likeness]:
    """The articles that carry the same story, of those that share a key and were captured at about the same time."""
    shared = copy_keys.c
    candidates = (
        select(shared.article, func.max(shared.position).label("position"))
        .where(shared.key.in_(keys(mine)), shared.article != one.article)
        .where(shared.captured_at.between(iso(one.captured_at - WINDOW), iso(one.captured_at + WINDOW)))
        .group_by(shared.article)
        .order_by(func.count().desc(), shared.article)
        .limit(MOST_CANDIDATES)
        .subquery()
    )
    query = (
        select(candidates.c.article, parts.c.body, article_rows.c.url)
        .join_from(candidates, parts, (parts.c.position == candidates.c.position) & (parts.c.name == "text"))
        .join(article_rows, article_rows.c.position == candidates.c.position)
    )
    verified = (
        (row.article, likeness(mine, story(bytes(row.body).decode(), row.url))) for row in connection.execute(query)
    )
    return {article: alike for article, alike in verified if alike}


def _join(connection: Connection, article: str, name: str, found: dict[str, Likeness]) -> str:
    """Put an article and its like into one story, which takes the name of the article that came first."""
    if not found:
        return name
    rows = story_rows.c
    stories = set(connection.execute(select(rows.story).where(rows.article.in_(found))).scalars()) | {name}
    since = select(func.min(article_rows.c.position)).where(article_rows.c.article == rows.article).scalar_subquery()
    query = select(rows.article).where(rows.story.in_(stories)).order_by(since).limit(1)
    first: str = connection.execute(query).scalar_one()
    connection.execute(story_rows.update().where(rows.story.in_(stories)).values(story=first))
    connection.execute(statement_copies.delete().where(statement_copies.c.story.in_(stories - {first})))
    nearest = max(found, key=lambda other: (found[other].share, other))
    alike = found[nearest]
    connection.execute(
        story_rows.update()
        .where(rows.article == article)
        .values(linked_to=nearest, how=alike.how, similarity=round(alike.share * 1000))
    )
    return first


def _link_statements(connection: Connection, name: str) -> None:
    """Tell which statements of a story's articles are one, told several times."""
    groups: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in connection.execute(_SAID, {"story": name}):
        who = "" if row.actor is None or row.kind in _UNNAMED else row.actor
        groups[who, fold(row.quote)].setdefault(row.article, row.statement)
    connection.execute(statement_copies.delete().where(statement_copies.c.story == name))
    values = list(_copies(groups.values(), name))
    if values:
        connection.execute(statement_copies.insert(), values)


def _copies(groups: Iterable[dict[str, str]], name: str) -> Iterable[dict[str, str]]:
    for told in groups:
        if len(told) > 1:
            original = next(iter(told.values()))
            yield from ({"statement": one, "original": original, "story": name} for one in told.values())
