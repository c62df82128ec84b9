"""The configuration: feeds.yaml and two environment variables, read once and checked once.

Every error names the place as ``file:line``, the key, and the remedy. See docs/feeds.md for the keys.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from archive.errors import ConfigError
from archive.marked import At, compose
from archive.model import Actor, ActorKind, Feed, FullText, Secret, Tenure, Topic, fold
from archive.network import KEYS, STANDARD, Network, credentials, network

DEFAULT_FILE = Path("feeds.yaml")
DEFAULT_DATABASE = "sqlite:///archive.db"
SETTINGS = (
    "database", "contact", "allow", "key", "publish", "witnesses", "timestamp", "keep_bodies", "reports", "metrics",
    "silence", *KEYS,
)  # fmt: skip
DEFAULT_METRICS = ("127.0.0.1", 9464)
DEFAULT_SILENCE = timedelta(days=1)
DEFAULT_KEY = "archive.key"
PUBLISHED = ".published"
LONGEST_INTERVAL = timedelta(days=365)
DEFAULT_INTERVAL = timedelta(minutes=30)
DEFAULT_RETENTION = timedelta(days=14)
FEED = ("id", "url", "title", "every", "full_text", "language", "category", "auth")

_DURATION = re.compile(r"([0-9]{1,8})(s|m|h|d)")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_IDENTIFIER = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITNESS_KEY = re.compile(r"[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

_Identified = TypeVar("_Identified", Feed, Topic, Actor)
_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Witness:
    """Who co-signs checkpoints: the address it is asked at, and its public key."""

    url: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for the whole archive.

    ``database`` is an SQLAlchemy URL whose SQLite path is absolute. ``contact`` goes into the User-Agent.
    ``allow`` are the inner hosts, addresses and networks that may be polled although they are not public.
    ``key`` is the file of the key that signs checkpoints, ``publish`` the folder they and the tiles are written to;
    ``witnesses`` co-sign them, and a time-stamp authority at ``timestamp`` (RFC 3161) says when it saw them.
    ``keep_bodies`` is for how long after its last delivery a raw document is kept.
    ``reports`` is a folder of the user's own reports, absolute.
    ``metrics`` is where the daemon serves its health and metrics, None for nowhere; ``silence`` is how long nothing
    may arrive before that is alarming.
    """

    database: str
    key: Path
    publish: Path
    witnesses: tuple[Witness, ...] = ()
    timestamp: str | None = None
    metrics: tuple[str, int] | None = None
    silence: timedelta = DEFAULT_SILENCE
    contact: str | None = None
    allow: tuple[str, ...] = ()
    keep_bodies: timedelta = DEFAULT_RETENTION
    network: Network = STANDARD
    reports: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """A checked configuration; ``path`` is the file it came from, absolute, ``auth`` the feeds' credentials by id."""

    path: Path
    settings: Settings
    feeds: tuple[Feed, ...] = ()
    topics: tuple[Topic, ...] = ()
    actors: tuple[Actor, ...] = ()
    auth: Mapping[str, Secret] = field(default_factory=dict)


def load(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Read the configuration from ``path``, else from ``ARCHIVE_CONFIG``, else from ``./feeds.yaml``.

    ``ARCHIVE_DATABASE`` takes the place of ``archive.database``. Relative paths in the file, and in that
    variable, are relative to the file. Anything amiss raises ConfigError with the place and the remedy.
    """
    chosen = path or Path(environ.get("ARCHIVE_CONFIG") or DEFAULT_FILE)
    base = chosen.absolute().parent
    root = compose(chosen, empty="{}").mapping("archive", "defaults", "feeds", "topics", "actors")
    return Config(
        path=chosen.absolute(),
        settings=_settings(root.get("archive"), base, environ),
        feeds=_feeds(root.get("feeds"), root.get("defaults"), base),
        topics=_unique("topic", root.get("topics"), _topic),
        actors=_registry(root.get("actors")),
        auth=_credentials(root.get("feeds"), environ),
    )


def _settings(at: At | None, base: Path, environ: Mapping[str, str]) -> Settings:
    values = at.mapping(*SETTINGS) if at else {}
    database, allow = values.get("database"), values.get("allow")
    if override := environ.get("ARCHIVE_DATABASE"):
        url = _database(override, base, lambda what, how: ConfigError(what, where="ARCHIVE_DATABASE", remedy=how))
    else:
        url = _database(database.text(), base, database.wrong) if database else _sqlite(DEFAULT_DATABASE, base)
    return Settings(
        database=url,
        key=base / (values["key"].text() if "key" in values else DEFAULT_KEY),
        witnesses=tuple(_witness(item) for item in values["witnesses"].items()) if "witnesses" in values else (),
        timestamp=_remote(values["timestamp"]) if "timestamp" in values else None,
        publish=base / values["publish"].text() if "publish" in values else _published(url, base),
        contact=values["contact"].text() if "contact" in values else None,
        allow=tuple(_allowed(item) for item in allow.items()) if allow else (),
        keep_bodies=_duration(values["keep_bodies"]) if "keep_bodies" in values else DEFAULT_RETENTION,
        network=network(values, environ, _duration),
        reports=base / values["reports"].text() if "reports" in values else None,
        metrics=_listening(values["metrics"]) if "metrics" in values else DEFAULT_METRICS,
        silence=_duration(values["silence"]) if "silence" in values else DEFAULT_SILENCE,
    )


def _listening(at: At) -> tuple[str, int] | None:
    """Host and port to listen on; None for ``off``."""
    text = at.text()
    if text == "off":
        return None
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise at.wrong(f"{text!r} is no place to listen at", "Write an address and a port, 127.0.0.1:9464, or off")
    return host.strip("[]"), int(port)


def _database(url: str, base: Path, wrong: Callable[[str, str], ConfigError]) -> str:
    scheme, separator, rest = url.partition("://")
    driver = _DRIVERS.get(scheme)
    if not separator or driver is None:
        raise wrong(
            f"no database of the kind {scheme[:40]!r} is known" if separator else "this is not a database URL",
            "Write sqlite:///archive.db or postgresql://user@host/name",
        )
    return _sqlite(f"sqlite://{rest}", base) if driver == "sqlite" else f"{driver}://{rest}"


def _sqlite(url: str, base: Path) -> str:
    path, question, query = url.removeprefix("sqlite://").removeprefix("/").partition("?")
    if path and path != ":memory:" and not path.startswith("file:"):
        path = str(base / path)
    return f"sqlite:///{path}{question}{query}"


def _witness(at: At) -> Witness:
    values = at.mapping("url", "key")
    key = _required(at, values, "key")
    if not _WITNESS_KEY.fullmatch(key.text()):
        raise key.wrong("this is no public key", "Write name+id+key, as the witness prints it when it starts")
    return Witness(_remote(_required(at, values, "url")).rstrip("/"), key.text())


def _remote(at: At) -> str:
    if not at.text().startswith(("http://", "https://")):
        raise at.wrong(f"{at.text()!r} is no address", "Write https://host/path")
    return at.text()


def _published(database: str, base: Path) -> Path:
    """The folder that is published, unless the configuration names one: beside the SQLite file, else this file."""
    path = Path(database.removeprefix("sqlite:///").partition("?")[0])
    beside = database.startswith("sqlite:///") and path.is_absolute()
    return path.with_suffix(PUBLISHED) if beside else base / f"archive{PUBLISHED}"


def _allowed(at: At) -> str:
    """A network in canonical form, or the name of a host in lower case."""
    text = at.text().lower()
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        if not _HOST.fullmatch(text) or text.replace(".", "").isdigit():
            raise at.wrong(
                f"{text!r} is neither a host nor a network",
                "Write a host name, an address such as 127.0.0.1, or a network such as 10.1.0.0/16",
            ) from None
    return text


def _feeds(at: At | None, defaults: At | None, base: Path) -> tuple[Feed, ...]:
    common = defaults.mapping("every", "full_text", "language") if defaults else {}
    for check in (_every, _full_text, _language):
        check(common)
    return _unique("feed", at, lambda item: _feed(item, common, base))


def _feed(at: At, common: Mapping[str, At], base: Path) -> Feed:
    values = {**common, **at.mapping(*FEED)}
    return Feed(
        id=_identifier(_required(at, values, "id")),
        url=_url(_required(at, values, "url"), base),
        title=values["title"].text() if "title" in values else None,
        every=_every(values),
        full_text=_full_text(values),
        language=_language(values),
        category=values["category"].text() if "category" in values else None,
    )


def _credentials(at: At | None, environ: Mapping[str, str]) -> dict[str, Secret]:
    feeds = [item.mapping(*FEED) for item in at.items()] if at else []
    return {feed["id"].text(): credentials(feed["auth"], environ) for feed in feeds if "auth" in feed}


def _topic(at: At) -> Topic:
    values = at.mapping("id", "proposition", "terms", "context")
    terms = _required(at, values, "terms").items()
    if not terms:
        raise values["terms"].wrong(
            "the topic has no terms, so no statement could be about it",
            "List the words that make a statement be about it: terms: [harbour toll, port charges]",
        )
    return Topic(
        id=_identifier(_required(at, values, "id")),
        proposition=_required(at, values, "proposition").text(),
        terms=tuple(term.text() for term in terms),
        context=tuple(word.text() for word in values["context"].items()) if "context" in values else (),
    )


def _registry(at: At | None) -> tuple[Actor, ...]:
    if at is None:
        return ()
    file = at.file.parent / at.text()
    if not file.is_file():
        raise at.wrong(f"there is no file {file}", "Correct the path, which is relative to this file, or leave it out")
    return _unique("actor", compose(file, empty="[]"), _actor)


def _actor(at: At) -> Actor:
    values = at.mapping("id", "name", "kind", "aliases", "offices")
    name = _required(at, values, "name")
    return Actor(
        id=_identifier(values["id"]) if "id" in values else _slug(name),
        name=name.text(),
        kind=_choice(_required(at, values, "kind"), ActorKind),
        aliases=tuple(alias.text() for alias in values["aliases"].items()) if "aliases" in values else (),
        offices=tuple(_tenure(office) for office in values["offices"].items()) if "offices" in values else (),
    )


def _slug(name: At) -> str:
    slug = fold(name.text()).replace(" ", "-")
    if not _IDENTIFIER.fullmatch(slug):
        raise name.wrong(f"no id can be made of {name.text()!r}", "Give the actor an id of the letters a to z")
    return slug


def _tenure(at: At) -> Tenure:
    values = at.mapping("office", "speaks_for", "since", "until")
    since, until = _day(values.get("since")), _day(values.get("until"))
    if since and until and until <= since:
        raise values["until"].wrong("the office ends before it begins", "until is the first day after the tenure")
    return Tenure(
        office=_required(at, values, "office").text(),
        speaks_for=values["speaks_for"].text() if "speaks_for" in values else None,
        since=since,
        until=until,
    )


def _unique(kind: str, at: At | None, read: Callable[[At], _Identified]) -> tuple[_Identified, ...]:
    """The items of a list, read; an id that two of them share is an error that names both lines."""
    found: dict[str, _Identified] = {}
    first: dict[str, At] = {}
    for item in at.items() if at else []:
        value = read(item)
        if value.id in found:
            raise item.wrong(
                f"the {kind} id {value.id!r} is taken, at {first[value.id].where}", f"Give each {kind} its own id"
            )
        found[value.id], first[value.id] = value, item
    return tuple(found.values())


def _required(at: At, values: Mapping[str, At], key: str) -> At:
    if key not in values:
        raise at.wrong(f"{key} is missing", f"Add {key}: …")
    return values[key]


def _identifier(at: At) -> str:
    text = at.text()
    if not _IDENTIFIER.fullmatch(text):
        raise at.wrong(f"{text!r} cannot be an id", "Use a to z, 0 to 9, then also '-', '_' and '.'")
    return text


def _url(at: At, base: Path) -> str:
    """An http(s) URL as it is written, or a path made absolute."""
    text = at.text()
    if _SCHEME.match(text) is None:
        return str(base / text)
    if wrong := refusal(text):
        raise at.wrong(*wrong.split(". ", 1))
    return text


def refusal(url: str) -> str | None:
    """Why a URL cannot be a feed's, and what to write instead; None where it can."""
    scheme = _SCHEME.match(url)
    if scheme is None or scheme[1].lower() not in {"http", "https"}:
        return f"the scheme {scheme[1] if scheme else url[:40]!r} is not polled. Use http, https, or the path of a file"
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", url)
    except ValueError:
        usable = False
    if not usable:
        return f"{url!r} is not a complete URL. Write https://host/path"
    if parts.username is not None:
        return "the URL holds a user name. Leave it out: the log keeps a feed's address for ever"
    return None


def _every(values: Mapping[str, At]) -> timedelta:
    return _duration(values["every"]) if "every" in values else DEFAULT_INTERVAL


def _duration(at: At) -> timedelta:
    written = _DURATION.fullmatch(at.text())
    interval = int(written[1]) * _UNITS[written[2]] if written else timedelta()
    if not timedelta() < interval <= LONGEST_INTERVAL:
        raise at.wrong(f"{at.text()!r} is no duration between 1s and 365d", "Write for example 30s, 15m, 2h or 1d")
    return interval


def _full_text(values: Mapping[str, At]) -> FullText:
    return _choice(values["full_text"], FullText) if "full_text" in values else FullText.AUTO


def _language(values: Mapping[str, At]) -> str:
    at = values.get("language")
    if at is None:
        return "en"
    if not _LANGUAGE.fullmatch(at.text()):
        raise at.wrong(f"{at.text()!r} is no language tag", "Write a BCP 47 tag such as en, de or pt-BR")
    return at.text()


def _choice(at: At, choices: type[_Choice]) -> _Choice:
    try:
        return choices(at.text())
    except ValueError:
        raise at.wrong(f"{at.text()!r} is not possible here", f"Use one of {', '.join(choices)}") from None


def _day(at: At | None) -> date | None:
    if at is None:
        return None
    try:
        return date.fromisoformat(at.text()) if _DATE.fullmatch(at.text()) else _no_day(at)
    except ValueError:
        return _no_day(at)


def _no_day(at: At) -> date:
    raise at.wrong(f"{at.text()!r} is no date", "Write it as 2024-02-26")
