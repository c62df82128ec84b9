"""A file of JSON → its values with their places; and what an extract from one consists of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from archive.errors import UsageError
from archive.model import Actor

Json: TypeAlias = dict[str, Any]
Placed: TypeAlias = tuple[str, Json]
"""A value with its place in the file, ``file:line``."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An actor as a register has it; ``entries`` are all entries that are it, as (register, entry), its own first.

    The offices' ``speaks_for`` is what the register gives as the office's country or organisation, if anything.
    """

    entries: tuple[tuple[str, str], ...]
    actor: Actor


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file came to; ``passed_over`` says once each what was not taken, and why."""

    listed: tuple[Listed, ...]
    passed_over: tuple[str, ...] = ()


def values(data: bytes, name: str) -> list[Placed]:
    """The objects of a file: a document, a list of them, or one a line. UsageError, with the line, for others."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UsageError("this is not UTF-8", where=f"{name}:{line}", remedy="Save the file as UTF-8") from error
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        return _lines(text, name, error)
    if not isinstance(document, list):
        return [(f"{name}:1", _object(document, f"{name}:1"))]
    places = (f"{name}, item {number}" for number in range(1, len(document) + 1))
    return [(place, _object(one, place)) for place, one in zip(places, document, strict=True)]


def _lines(text: str, name: str, whole: json.JSONDecodeError) -> list[Placed]:
    """One value a line; the brackets and commas of a dump's list are passed over."""
    found: list[Placed] = []
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.strip().removesuffix(",")
        if bare in ("", "[", "]"):
            continue
        try:
            value = json.loads(bare)
        except json.JSONDecodeError as error:
            if not found:  # not even the first line stands alone: the file was meant to be one document
                raise _broken(f"{name}:{whole.lineno}", whole) from whole
            raise _broken(f"{name}:{number}", error) from error
        found.append((f"{name}:{number}", _object(value, f"{name}:{number}")))
    if not found:
        raise UsageError("the file is empty", where=name, remedy="Give a file with entities in JSON")
    return found


def _broken(where: str, error: json.JSONDecodeError) -> UsageError:
    return UsageError(f"this is not JSON: {error.msg} at column {error.colno}", where=where, remedy="Mend the line")


def _object(value: Any, where: str) -> Json:
    if not isinstance(value, dict):
        raise UsageError("an entity is a JSON object, this is none", where=where, remedy="Mend or remove it")
    return value
