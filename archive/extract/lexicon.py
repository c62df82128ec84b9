"""The language packs: reviewed data files under ``packs/<language>``, checked against a schema, loaded once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from archive.errors import ConfigError
from archive.extract import tokens

T = TypeVar("T")


class Cutting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``text.yaml``: how the language's text is cut into words and sentences."""

    titles: frozenset[str]
    abbreviations: frozenset[str]
    starters: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a language's pack says, ready for use."""

    language: str
    tokenizer: re.Pattern[str]
    breaks: tokens.Breaks


def pack(language: str) -> Traversable:
    """The folder of a language's data files; it need not exist."""
    return files("archive.extract") / "packs" / language


@cache
def supported(language: str) -> bool:
    """Whether text in this language (``en``, ``en-GB``) can be read."""
    return pack(base(language)).joinpath("text.yaml").is_file()


def base(language: str) -> str:
    """The language of a language tag: ``en`` for ``en-GB``, ``und`` where there is none."""
    match = re.match(r"[a-z]{2,3}(?![a-z])", language.strip().lower())
    return match.group() if match else "und"


def read(language: str, name: str, schema: type[T]) -> T:
    """One data file of a pack. ConfigError, naming the file, where it does not fit the schema."""
    try:
        return msgspec.yaml.decode(pack(language).joinpath(name).read_bytes(), type=schema)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        where = f"archive/extract/packs/{language}/{name}"
        raise ConfigError(str(error), where=where, remedy="Correct the data file") from error


@cache
def load(language: str) -> Lexicon:
    """The lexicon of a supported language, loaded at first use."""
    cutting = read(language, "text.yaml", Cutting)
    known = cutting.titles | cutting.abbreviations
    return Lexicon(
        language,
        tokens.pattern({*known, *(k.capitalize() for k in known), *(k.upper() for k in known if len(k) > 2)}),
        tokens.Breaks(cutting.titles, cutting.abbreviations, cutting.starters),
    )
