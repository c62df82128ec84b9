"""YAML whose every value remembers its line, so that a complaint can name ``file:line``, key and remedy.

A file is composed to nodes, not to objects. A node also keeps a scalar as it was written, so
``language: no`` is Norwegian and not false. Aliases are refused: a few of them unfold into gigabytes.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from archive.errors import ConfigError

DEEPEST_NESTING = 16

_Loader: type[yaml.SafeLoader] | type[yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class At:
    """A YAML node, the file it stands in, and the key that leads to it."""

    file: Path
    node: yaml.Node
    key: str

    @property
    def where(self) -> str:
        return f"{self.file}:{self.node.start_mark.line + 1}"

    def wrong(self, what: str, remedy: str) -> ConfigError:
        return ConfigError(f"{self.key}: {what}" if self.key else what, where=self.where, remedy=remedy)

    def mapping(self, *known: str) -> dict[str, At]:
        """The values by key; unknown and repeated keys are errors, empty values are left out."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(f"expected keys with values, found {self._kind}", f"Its keys are {', '.join(known)}")
        values: dict[str, At] = {}
        for key_node, value in self.node.value:
            at = At(self.file, key_node, self.key)
            name = at.text()
            if name not in known:
                raise at.wrong(f"unknown key {name!r}", _suggestion(name, known))
            if name in values:
                raise at.wrong(f"the key {name!r} is given twice", f"Keep one; the first is at {values[name].where}")
            values[name] = At(self.file, value, f"{self.key}.{name}" if self.key else name)
        return {name: value for name, value in values.items() if not value.empty}

    def items(self) -> list[At]:
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong(f"expected a list, found {self._kind}", f"Write {self._last}: [first, second]")
        return [At(self.file, item, f"{self.key}[{n}]") for n, item in enumerate(self.node.value, 1)]

    def text(self) -> str:
        """The scalar as it was written, without surrounding blanks."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.wrong(f"expected a text, found {self._kind}", f"Write {self._last}: value")
        text = self.node.value.strip()
        if not text or self.empty:
            raise self.wrong("the text is empty", "Write a value, or leave the entry out")
        return str(text)

    @property
    def empty(self) -> bool:
        return self.node.tag == "tag:yaml.org,2002:null"

    @property
    def _kind(self) -> str:
        if isinstance(self.node, yaml.ScalarNode):
            return "nothing" if self.empty else f"the text {self.node.value[:40]!r}"
        return "a list" if isinstance(self.node, yaml.SequenceNode) else "keys with values"

    @property
    def _last(self) -> str:
        return self.key.rpartition(".")[2] or "key"


def compose(path: Path, *, empty: str) -> At:
    """The root node of a YAML file; a file that says nothing is read as ``empty``. ConfigError if unreadable."""
    text = _read(path)
    try:
        _refuse_unfolding(path, text)
        node = yaml.compose(text, Loader=_Loader) or yaml.compose(empty, Loader=_Loader)
        assert node is not None, "what stands for an empty file says something"
    except yaml.MarkedYAMLError as error:
        raise _unreadable(path, _line(error.problem_mark), error.problem or str(error)) from error
    except yaml.reader.ReaderError as error:
        raise _unreadable(path, text.count("\n", 0, error.position) + 1, error.reason) from error
    return At(path, node, "")


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        remedy = "Name the file with --config or ARCHIVE_CONFIG, or create it (see docs/feeds.md)"
        raise ConfigError(
            f"the configuration cannot be read: {error.strerror}", where=str(path), remedy=remedy
        ) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, line, f"byte 0x{data[error.start]:02x} is not UTF-8", "Save it as UTF-8") from error


def _unreadable(path: Path, line: int, why: str, remedy: str = "Mend the line, or one just above it") -> ConfigError:
    return ConfigError(f"this is not readable YAML: {why}", where=f"{path}:{line}", remedy=remedy)


def _line(mark: object) -> int:
    return int(getattr(mark, "line", 0)) + 1


def _refuse_unfolding(path: Path, text: str) -> None:
    """Aliases and deep nesting are refused while the events stream by, before any node is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise _unreadable(path, _line(event.start_mark), "aliases are not taken", "Write the value out")
        if depth > DEEPEST_NESTING:
            why = f"more than {DEEPEST_NESTING} levels of nesting"
            raise _unreadable(path, _line(event.start_mark), why)


def _suggestion(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Known keys: {', '.join(known)}"
