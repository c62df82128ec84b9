"""Which articles carry the same story, and which statements are one told several times: linked, never merged.

Derived from the log's texts and disposable, like the projections; followed article by article, with the candidates'
keys in a table rather than in memory. A story is the set of articles that hang together by verified likeness, named
after the first. A statement is the same in two articles of a story where the same actor says the same words; of an
unnamed one, who is an actor of each article anew, the words decide.
"""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Column, Connection, Engine, Index, Integer, Table, Text, bindparam, func, select, text

from archive.feeds.copies import Likeness, Story, keys, likeness, story
from archive.ledger.engine import reading, writing
from archive.ledger.schema import BigInt, Moment, metadata
from archive.model import fold, iso, parse_iso
from archive.views.rows import Insert, Row, Rows, Update
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
    Column("key", BigInt, primary_key=True, autoincrement=False),
    Column("position", BigInt, primary_key=True, autoincrement=False),
    Index(None, "position"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)
"""The keys of each article's last compared revision. A key is kept for the latest :data:`MOST_HOLDERS` only."""

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
BATCH = 500
BATCH_CHARACTERS = 2_000_000
"""An article beyond these many begins another batch: what is compared is in memory as sets."""
MOST_CANDIDATES = 12
MOST_HOLDERS = 24
"""Who shares a key with more is of a story that hangs together by now, or carries a phrase of the trade."""
MOST_IN_MEMORY = 256

_NEXT = text("""
SELECT a.article, a.position, a.url, a.captured_at, p.body, s.story, s.position AS compared
FROM article_rows a LEFT JOIN parts p ON p.position = a.position AND p.name = 'text'
LEFT JOIN story_rows s ON s.article = a.article
WHERE a.position > :after ORDER BY a.position LIMIT :most
""").columns(captured_at=Moment)
_HOLDERS = """
SELECT c.key, c.position, s.article, s.story, {moment:a.captured_at}
FROM {keys} CROSS JOIN copy_keys c
JOIN story_rows s ON s.position = c.position JOIN article_rows a ON a.position = c.position
WHERE c.key = CAST(k.k0 AS BIGINT) ORDER BY c.position
"""
_FIRST = """
SELECT k.k0, min(a.position) FROM {keys} CROSS JOIN article_rows a WHERE a.article = k.k0 GROUP BY k.k0
"""
_DROP = copy_keys.delete().where(copy_keys.c.key == bindparam("a_key"), copy_keys.c.position == bindparam("a_position"))
_TEXTS = """
SELECT p.position, p.body, a.url FROM {keys} CROSS JOIN parts p JOIN article_rows a ON a.position = p.position
WHERE p.position = CAST(k.k0 AS BIGINT) AND p.name = 'text'
"""
_SAID = text("""
SELECT r.article, s.statement, s.actor, who.kind, s.quote, s.position
FROM story_rows r JOIN statement_rows s ON s.article = r.article LEFT JOIN actor_rows who ON who.actor = s.actor
WHERE r.story = :story AND s.quote IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM withdrawal_rows w WHERE w.statement = s.statement)
ORDER BY s.position
""")
_UNNAMED = frozenset({"anonymous", "group"})


class _Article(NamedTuple):
    """A revision to be compared; the ``story`` of its article so far, and the position that was ``compared`` last."""

    article: str
    position: int
    url: str | None
    captured_at: datetime
    text: str | None
    story: str
    compared: int | None


class _Holder(NamedTuple):
    """A compared revision that has a key; ``story`` is as the tables have it."""

    position: int
    article: str
    story: str
    captured_at: str


def link(engine: Engine) -> int:
    """Compare every revision that was not compared yet; how many there were. Safe to call from several processes."""
    done, stories = 0, _Stories()
    while True:
        with reading(engine) as connection:
            after = _compared(connection)
            batch = _next(connection, after)
        if not batch:
            return done
        with writing(engine) as connection:
            _lock(connection)
            if _compared(connection) != after:
                continue  # another process was first
            for name in _Comparison(connection, batch, stories).run():
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
    old = select(article_rows.c.position).where(article_rows.c.captured_at < iso(now - 2 * WINDOW))
    connection.execute(copy_keys.delete().where(copy_keys.c.position.in_(old)))


def _lock(connection: Connection) -> None:
    """One at a time; SQLite's write lock is held already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('archive.copies'), hashtext(current_schema()))"))


def _compared(connection: Connection) -> int:
    last: int = connection.execute(select(func.coalesce(func.max(story_rows.c.position), 0))).scalar_one()
    return last


def _next(connection: Connection, after: int) -> list[_Article]:
    """The next revisions. All after the first are of new articles: so a batch comes to the same as one by one."""
    batch: list[_Article] = []
    seen: set[str] = set()
    room = BATCH_CHARACTERS
    for row in connection.execute(_NEXT, {"after": after, "most": BATCH}):
        body = bytes(row.body).decode() if row.body is not None else None
        room -= len(body or "")
        if batch and (row.story or row.article in seen or room < 0):
            break
        seen.add(row.article)
        batch.append(
            _Article(
                row.article,
                row.position,
                row.url,
                parse_iso(row.captured_at),
                body,
                row.story or row.article,
                row.compared,
            )
        )
    return batch


class _Stories:
    """Revisions as they are compared, by position: those of the batch in hand, and the ones used last."""

    def __init__(self) -> None:
        self._batch: dict[int, Story] = {}
        self._kept: OrderedDict[int, Story] = OrderedDict()

    def begin(self, batch: Sequence[_Article]) -> dict[int, Story]:
        """Read the articles of a batch."""
        self._kept.update(self._batch)
        self._trim()
        self._batch = {one.position: _story(one) for one in batch}
        return self._batch

    def of(self, rows: Rows, positions: Sequence[int]) -> dict[int, Story]:
        """Those at these positions whose text is there still."""
        there = {one: self._batch.get(one) or self._kept.get(one) for one in positions}
        missing = [(str(position),) for position, one in there.items() if one is None]
        for position, body, url in rows.fetch(_TEXTS, missing):
            there[position] = self._kept[position] = story(bytes(body).decode(), url)
        for position in there:
            if position in self._kept:
                self._kept.move_to_end(position)
        self._trim()
        return {position: one for position, one in there.items() if one is not None}

    def _trim(self) -> None:
        while len(self._kept) > MOST_IN_MEMORY:
            self._kept.popitem(last=False)


def _story(one: _Article) -> Story:
    return story(one.text, one.url) if one.text is not None else Story(None, None, frozenset())


class _Comparison:
    """A batch compared in order; what stands in the tables is read before, and written after."""

    def __init__(self, connection: Connection, batch: Sequence[_Article], stories: _Stories) -> None:
        self._connection, self._rows, self._batch, self._stories = connection, Rows(connection), batch, stories
        before = [one.compared for one in batch if one.compared]
        connection.execute(copy_keys.delete().where(copy_keys.c.position.in_(before)))
        self._keys = {position: keys(one) for position, one in stories.begin(batch).items()}
        self._holders: dict[int, list[_Holder]] = defaultdict(list)
        wanted = sorted({key for found in self._keys.values() for key in found})
        for key, *holder in self._rows.fetch(_HOLDERS, [(str(key),) for key in wanted]):
            self._holders[key].append(_Holder(*holder))
        self._fresh: list[tuple[int, int]] = []
        self._gone: set[tuple[int, int]] = set()
        names = {one.story for held in self._holders.values() for one in held} | {one.story for one in batch}
        self._first: dict[str, int] = dict(self._rows.fetch(_FIRST, [(name,) for name in sorted(names)]))
        self._merged: dict[str, str] = {}

    def run(self) -> list[str]:
        """Compare all, and write what is found; the names of the stories to which something was added."""
        linked = {one.article: self._take_up(one) for one in self._batch}
        self._write(linked)
        added = {one.story for one in self._batch if linked[one.article] or one.compared}
        return sorted({self._name(story) for story in added | set(self._merged)})

    def _take_up(self, one: _Article) -> tuple[str, Likeness] | None:
        """Put a revision into the story of its like, and its keys among theirs; which article it is most like."""
        found = self._alike(one)
        for holder, _ in found:
            self._join(self._name(one.story), self._name(holder.story))
        mine = _Holder(one.position, one.article, one.story, iso(one.captured_at))
        for key in self._keys[one.position]:
            held = self._holders[key]
            held.append(mine)
            self._fresh.append((key, one.position))
            if len(held) > MOST_HOLDERS:
                self._gone.add((key, held.pop(0).position))
        nearest = max(found, key=lambda other: (other[1].share, other[0].article), default=None)
        return (nearest[0].article, nearest[1]) if nearest else None

    def _alike(self, one: _Article) -> list[tuple[_Holder, Likeness]]:
        """The articles of the same story, among those that share a key and were captured at about the same time."""
        held = {other.position: other for key in self._keys[one.position] for other in self._holders[key]}
        if not held:
            return []
        shared = Counter(other.position for key in self._keys[one.position] for other in self._holders[key])
        since, until = iso(one.captured_at - WINDOW), iso(one.captured_at + WINDOW)
        sharing = [
            other for other in held.values() if other.article != one.article and since <= other.captured_at <= until
        ]
        sharing.sort(key=lambda other: (-shared[other.position], other.article))
        candidates = sharing[:MOST_CANDIDATES]
        if not candidates:
            return []
        return list(self._verified(one, candidates))

    def _verified(self, one: _Article, candidates: Sequence[_Holder]) -> Iterator[tuple[_Holder, Likeness]]:
        """Those that are alike by their words, the likeliest of each story: the others came in by that one."""
        texts = self._stories.of(self._rows, [one.position, *(other.position for other in candidates)])
        found: set[str] = set()
        for other in candidates:
            name = self._name(other.story)
            if name not in found and other.position in texts:
                alike = likeness(texts[one.position], texts[other.position])
                if alike:
                    found.add(name)
                    yield other, alike

    def _name(self, name: str) -> str:
        """What a story is called now."""
        while name in self._merged:
            name = self._merged[name]
        return name

    def _join(self, one: str, other: str) -> None:
        """Make two stories one, which takes the name of the article that came first."""
        if one != other:
            first, later = sorted((one, other), key=self._first.__getitem__)
            self._merged[later] = first

    def _write(self, linked: Mapping[str, tuple[str, Likeness] | None]) -> None:
        for name in self._merged:
            values = {"story": self._name(name)}
            self._connection.execute(story_rows.update().where(story_rows.c.story == name).values(values))
            self._connection.execute(statement_copies.delete().where(statement_copies.c.story == name))
        fresh = set(self._fresh)
        if gone := self._gone - fresh:
            self._connection.execute(_DROP, [{"a_key": key, "a_position": position} for key, position in gone])
        rows = [self._row(one, linked[one.article]) for one in self._batch]
        again = [row for row, one in zip(rows, self._batch, strict=True) if one.compared]
        self._rows.write([
            Insert(copy_keys, sorted(fresh - self._gone)),
            Insert(story_rows, [row for row, one in zip(rows, self._batch, strict=True) if not one.compared]),
            Update(story_rows, ("story", "position"), [row[:3] for row in again]),
            Update(story_rows, ("linked_to", "how", "similarity"), [(row[0], *row[3:]) for row in again if row[3]]),
        ])  # fmt: skip

    def _row(self, one: _Article, linked: tuple[str, Likeness] | None) -> Row:
        other, alike = linked or (None, None)
        how = (alike.how, round(alike.share * 1000)) if alike else (None, None)
        return (one.article, self._name(one.story), one.position, other, *how)


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
