"""What was exported into a folder, and up to which log position: ``manifest.json``.

A warehouse reads the last entry, takes over its files and asks for the next from its position on. Where a file holds
rows with a key that is there already, they take the place of all earlier rows with that key; ``whole`` files of a view
take the place of the view. Delivering the same rows twice changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archive.errors import UsageError

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Written:
    """The files of one view: its key, whether they are the whole view, and how many rows they hold."""

    view: str
    key: tuple[str, ...]
    whole: bool
    rows: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """One run: what it holds of the log, ``since < position``, and its files. ``since`` None: everything."""

    format: str
    since: int | None
    position: int
    recorded_at: str | None
    views: tuple[Written, ...] = field(default=())


def read(folder: Path) -> list[dict[str, Any]]:
    """The runs so far, oldest first; none where the folder holds none. UsageError where the manifest is damaged."""
    path = folder / NAME
    if not path.exists():
        return []
    try:
        exports: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["exports"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"the manifest cannot be read: {error}", where=str(path), remedy="Export into another folder"
        ) from error
    return exports


def add(folder: Path, export: Export) -> None:
    """Put a run behind those there are, in one step."""
    path = folder / NAME
    runs = [*read(folder), asdict(export)]
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"exports": runs}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    fresh.replace(path)


def last_position(folder: Path, format_: str) -> int:
    """Up to where the last run of this format went. UsageError where there was none."""
    runs = [run for run in read(folder) if run["format"] == format_]
    if not runs:
        raise UsageError(
            f"nothing was exported there as {format_} yet", where=str(folder), remedy="Export without --since first"
        )
    return int(runs[-1]["position"])
