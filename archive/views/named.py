"""Named reports: each a commented ``.sql`` file of one portable SELECT, with typed parameters.

A file begins with comments: its purpose in one line, then a line for each parameter::

    -- Who holds which stance on a topic now.
    -- :topic topic  the topic
    -- :since date = 7 days ago  from when on

The text runs as it is in ``psql`` (``-v topic="'harbour-toll'"``) and ``sqlite3`` (``.parameter set``). The fifteen of
``sql/named/`` come with the program; a folder of the user's own is read beside them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from archive.errors import UsageError
from archive.model import iso, parse_iso, utc
from archive.views.guarded import parameters_in
from archive.views.questions import position_of
from archive.views.reports import find_actor, find_topic

_PARAMETER = re.compile(r"--\s*:(\w+)\s+(\w+)(?:\s*=\s*(.+?))?(?:\s{2,}(\S.*))?\s*")
_AGO = re.compile(r"([0-9]{1,5}) days? ago")
_NEAR = 5


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a report is asked with; ``default`` is written as a user would write the value, None where one is needed."""

    name: str
    kind: str
    default: str | None = None
    meaning: str = ""

    @property
    def shown(self) -> str:
        """As it stands in a listing: ``topic=…``, ``since=7 days ago``."""
        return f"{self.name}={self.default or self.kind.upper()}"


@dataclass(frozen=True, slots=True)
class Named:
    """A report: its text, and where it was read."""

    name: str
    purpose: str
    parameters: tuple[Parameter, ...]
    query: str
    source: str


def shipped() -> dict[str, Named]:
    """The reports that come with the program, by name, in the order of docs/reporting.md."""
    folder = files("archive.views") / "sql" / "named"
    texts = {item.name.removesuffix(".sql"): item.read_text("utf-8") for item in folder.iterdir()}
    return {name: parse(name, texts.pop(name), "archive") for name in ORDER} | {
        name: parse(name, query, "archive") for name, query in sorted(texts.items())
    }


ORDER = (
    "stances-now",
    "stances-on",
    "believed-on",
    "changes",
    "words",
    "said",
    "divergent",
    "agrees-with",
    "second-hand",
    "outlets",
    "edits",
    "unresolved",
    "overrides",
    "coders",
    "feeds",
)
"""The fifteen questions."""


def own(folder: Path) -> dict[str, Named]:
    """The reports of a user's folder: every ``*.sql`` in it. UsageError where it, or one of them, cannot be read."""
    if not folder.is_dir():
        raise UsageError("the folder of reports does not exist", where=str(folder), remedy="Correct archive.reports")
    paths = [path for path in sorted(folder.glob("*.sql")) if not path.is_dir()]
    return {path.stem: parse(path.stem, _read(path), str(path)) for path in paths}


def _read(path: Path) -> str:
    try:
        written = path.read_bytes()
        return written.decode("utf-8")
    except OSError as error:
        raise UsageError(
            f"the report cannot be read: {error.strerror}", where=str(path), remedy="Correct its rights"
        ) from error
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        raise UsageError("the report is not UTF-8", where=f"{path}:{line}", remedy="Save it as UTF-8") from error


def parse(name: str, query: str, source: str) -> Named:
    """Read a report's header. UsageError where a parameter is of no known kind, or is used but not declared."""
    head = [line.strip() for line in query.splitlines() if line.strip()]
    head = head[: next((n for n, line in enumerate(head) if not line.startswith("--")), len(head))]
    declared = [_parameter(line, name, source) for line in head if re.match(r"--\s*:", line)]
    purpose = next((line.lstrip("- ") for line in head if not re.match(r"--\s*:", line)), "")
    names = {one.name for one in declared}
    body = "\n".join(line for line in query.splitlines() if not line.lstrip().startswith("--"))
    undeclared = [f":{used}" for used in parameters_in(body) if used not in names]
    if undeclared:
        raise UsageError(
            f"the report {name} uses {', '.join(undeclared)} without saying of what kind",
            where=source,
            remedy=f"Add a line at its head: -- {undeclared[0]} text  what it is",
        )
    return Named(name, purpose, tuple(declared), query, source)


def _parameter(line: str, report: str, source: str) -> Parameter:
    found = _PARAMETER.fullmatch(line)
    if not found or found[2] not in KINDS:
        raise UsageError(
            f"the report {report} declares a parameter that cannot be read: {line}",
            where=source,
            remedy=f"Write -- :name KIND  meaning, with one of {', '.join(KINDS)}",
        )
    return Parameter(found[1], found[2], found[3], found[4] or "")


def find(reports: Mapping[str, Named], name: str) -> Named:
    """The report of a name; UsageError with near names where there is none."""
    if name in reports:
        return reports[name]
    near = difflib.get_close_matches(name, reports, n=_NEAR, cutoff=0.4)
    remedy = f"Did you mean {', '.join(near)}?" if near else "archive report lists all"
    raise UsageError(f"there is no report {name!r}", remedy=remedy)


def values_for(connection: Connection, report: Named, given: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The values of a report's parameters, checked against the archive. UsageError for what does not fit."""
    names = [one.name for one in report.parameters]
    unknown = [name for name in given if name not in names]
    if unknown:
        takes = ", ".join(one.shown for one in report.parameters) or "no parameters"
        raise UsageError(f"the report {report.name} has no parameter {unknown[0]!r}", remedy=f"It takes {takes}")
    values: dict[str, Any] = {}
    for one in report.parameters:
        written = given.get(one.name, one.default)
        if written is None:
            raise UsageError(
                f"the report {report.name} needs {one.name}" + (f": {one.meaning}" if one.meaning else ""),
                remedy=f"Add --{one.name} {one.kind.upper()}",
            )
        values[one.name] = KINDS[one.kind](connection, one.name, written.strip(), now)
    return values


def _date(connection: Connection, name: str, written: str, now: datetime) -> str:  # noqa: ARG001 - one signature for all
    if written == "now":
        return iso(now)
    if ago := _AGO.fullmatch(written):
        return iso(now - timedelta(days=int(ago[1])))
    try:
        moment = datetime.fromisoformat(written)
        return iso(utc(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        raise UsageError(
            f"{written!r} is not a date or time", where=name, remedy="Write 2024-03-01, 2024-03-01T18:00Z or 7 days ago"
        ) from None


def _integer(connection: Connection, name: str, written: str, now: datetime) -> int:  # noqa: ARG001 - as above
    if not re.fullmatch(r"-?[0-9]{1,18}", written):
        raise UsageError(f"{written!r} is no whole number", where=name, remedy="Write digits only")
    return int(written)


def _topic(connection: Connection, name: str, written: str, now: datetime) -> str:  # noqa: ARG001 - as above
    return find_topic(connection, written, where=name)


def _actor(connection: Connection, name: str, written: str, now: datetime) -> str:  # noqa: ARG001 - as above
    return find_actor(connection, written)


def _position(connection: Connection, name: str, written: str, now: datetime) -> int:
    moment = written if written.isdecimal() else _date(connection, name, written, now)
    return position_of(connection, int(moment) if moment.isdecimal() else parse_iso(moment))


def _text(connection: Connection, name: str, written: str, now: datetime) -> str:  # noqa: ARG001 - as above
    return written


KINDS: Mapping[str, Callable[[Connection, str, str, datetime], Any]] = {
    "date": _date,
    "topic": _topic,
    "actor": _actor,
    "position": _position,
    "integer": _integer,
    "text": _text,
}
"""The kinds of parameters; each reads what a user wrote and checks it."""


def listing(reports: Iterable[Named]) -> list[dict[str, Any]]:
    """The reports as rows: name, parameters, purpose, and where each was read."""
    return [
        {
            "report": one.name,
            "parameters": " ".join(parameter.shown for parameter in one.parameters),
            "purpose": one.purpose,
            "source": one.source,
        }
        for one in reports
    ]
