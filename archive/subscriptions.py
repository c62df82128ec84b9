"""Adding feeds to feeds.yaml as a person would: comments, order and everything else stay as they are.

The file is edited as text at one place, read again as a whole, and only then put in the place of the old one.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from archive import config
from archive.config import Config
from archive.errors import ConfigError, UsageError
from archive.model import Feed, fold

MOST_SUFFIXES = 10_000

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _.-]*[A-Za-z0-9]|[A-Za-z]")
_WORDS_OF_YAML = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_WWW = re.compile(r"^(?:www|rss|feeds?)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A feed to be added; what is None is left to the defaults, the id is made of title or host."""

    url: str
    id: str | None = None
    title: str | None = None
    category: str | None = None
    every: str | None = None
    full_text: str | None = None
    language: str | None = None


def same_feed(feeds: Collection[Feed], url: str) -> Feed | None:
    """The feed that is subscribed to at this address, however scheme, case of the host and final slash are written."""
    return next((feed for feed in feeds if _plain(feed.url) == _plain(url)), None)


def add(loaded: Config, wishes: Sequence[Wish], environ: Mapping[str, str]) -> list[Feed]:
    """Write feeds into the configuration's file and give them as they are now configured.

    ConfigError or UsageError, and the file as it was, where one of them cannot be configured.
    """
    taken = {feed.id for feed in loaded.feeds}
    lines = []
    for wish in wishes:
        if known := same_feed(loaded.feeds, wish.url):
            raise UsageError(f"{wish.url} is subscribed to already, as {known.id}", where=str(loaded.path))
        if wish.id in taken:
            raise UsageError(f"the id {wish.id} is taken", where=str(loaded.path), remedy="Give another with --id")
        identity = wish.id or _new_id(wish, taken)
        taken.add(identity)
        lines.append(_line(wish, identity))
    text = loaded.path.read_text("utf-8") if loaded.path.is_file() else ""
    written = _replace(loaded.path, inserted(text, lines), environ)
    return [feed for feed in written.feeds if feed.id not in {one.id for one in loaded.feeds}]


def inserted(text: str, lines: Sequence[str]) -> str:
    """The text of a feeds.yaml with more items, each in flow style, at the end of its list of feeds."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    node = next((value for key, value in pairs if key.value == "feeds"), None)
    block = "".join(f"  - {line}\n" for line in lines)
    if node is None:
        return _ended(text) + ("\n" if text.strip() else "") + f"feeds:\n{block}"
    start, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.SequenceNode) and node.flow_style and node.value:
        last = node.value[-1].end_mark.index
        return text[:last] + "".join(f", {line}" for line in lines) + text[last:]
    if isinstance(node, yaml.SequenceNode) and not node.flow_style:
        after = _line_end(text, _last_mark(node))
        indent = " " * node.start_mark.column
        return _ended(text[:after]) + "".join(f"{indent}- {line}\n" for line in lines) + text[after:]
    rest = _line_end(text, end)  # "feeds:" with nothing, null or [] behind it
    return _ended(text[:start].rstrip(" ") + text[end:rest].rstrip("\n")) + block + text[rest:]


def _last_mark(node: yaml.Node) -> int:
    """Where the last word of a node ends: a block's own end mark lies behind the comments that follow it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _line_end(text: str, index: int) -> int:
    """The beginning of the next line, or the end of the text; a block scalar's mark is at such a place already."""
    if index > 0 and text[index - 1 : index] == "\n":
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _line(wish: Wish, identity: str) -> str:
    values = {"id": identity, "url": wish.url, "title": wish.title, "category": wish.category}
    values |= {"every": wish.every, "full_text": wish.full_text, "language": wish.language}
    return "{" + ", ".join(f"{key}: {_scalar(value)}" for key, value in values.items() if value) + "}"


def _scalar(value: str) -> str:
    """A value as YAML: plain where nothing can be mistaken, else in double quotes as JSON has them."""
    one_line = " ".join(value.split())
    plain = _PLAIN.fullmatch(one_line) and one_line.lower() not in _WORDS_OF_YAML
    return one_line if plain else json.dumps(one_line, ensure_ascii=False).replace("\x7f", "\\x7f")


def _new_id(wish: Wish, taken: Collection[str]) -> str:
    host = _WWW.sub("", (urlsplit(wish.url).hostname or "feed").lower())
    name = "-".join(word for word in fold(wish.title or host).split() if word.isascii())[:40].strip("-")
    name = name or "-".join(fold(host).split()) or "feed"
    candidates = (name if n == 1 else f"{name}-{n}" for n in range(1, MOST_SUFFIXES))
    return next(one for one in candidates if one not in taken)


def _replace(path: Path, text: str, environ: Mapping[str, str]) -> Config:
    """Put a new text in the place of a configuration file, once it was read without complaint."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", where=str(path), remedy="Check the folder") from error
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        if path.exists():
            fresh.chmod(path.stat().st_mode)
        loaded = config.load(fresh, environ)
        fresh.replace(path)
    except ConfigError as error:
        where = (error.where or "").replace(fresh.name, path.name)
        raise ConfigError(error.what, where=where, remedy=error.remedy) from error
    finally:
        fresh.unlink(missing_ok=True)
    return loaded


def _plain(url: str) -> str:
    """An address without what makes no difference: scheme, case of the host, default port, final slash."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        return url
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    return f"{(parts.hostname or '').lower()}{port}{parts.path.rstrip('/')}?{parts.query}"
