"""For which country or organisation a figure speaks, as far as the article tells.

Ministers, presidents, ambassadors and spokespeople speak for the country beside their office; where none is
there ("Defence Minister Ada Quill"), for the one that the sentences just before are about, else for the one
whose institutions the article keeps naming. Former holders, and those who speak personally, speak for nobody.
"""

from __future__ import annotations

from archive.extract.cast import Appearance, Cast, Figure
from archive.extract.places import NameKind, Place
from archive.extract.residue import ParagraphKind
from archive.extract.units import Unit, UnitKind
from archive.model import ActorKind, fold

_SENTENCES_BACK = 3
_OPENING_UNITS = 40
_SPEAKING_RANKS = frozenset({"national", "spokes", "staff", "groups", "bodies"})
_SELF_FORMS = frozenset({NameKind.NAME, NameKind.CAPITAL, NameKind.SEAT})
_MINISTERIAL = "minister"
_WITHOUT_MINISTERS = frozenset({"United States"})


def speaks_for(cast: Cast, figure: Figure, depth: int = 0) -> str | None:
    """The usual English name of the country or organisation that a figure speaks for; None for itself alone."""
    if figure.place:
        return figure.place.name if figure.place.form in _SELF_FORMS else None
    if figure.kind is ActorKind.ORGANISATION and figure.rank != "bodies":
        return figure.name
    if figure.former or figure.rank not in _SPEAKING_RANKS | {"leading"}:
        return None
    if figure.rank == "leading":
        return _led(figure)
    if figure.principal and depth < 2 and (tied := _through(cast, figure, depth)):
        return tied
    if figure.tie:
        return figure.tie.name
    return None


def _led(figure: Figure) -> str | None:
    """A chair or chief executive speaks for the organisation named with the office; "the Norish leader" for Norland."""
    if figure.principal:
        return figure.principal
    words = (figure.role or "").split()
    return (
        figure.tie.name
        if figure.tie and len(words) <= len(figure.tie.name.split()) + 1 and words[-1:] == ["leader"]
        else None
    )


def _through(cast: Cast, figure: Figure, depth: int) -> str | None:
    """Whom the one that an adviser, spokesperson or president is tied to speaks for: a person, or an organisation."""
    assert figure.principal is not None
    principal = cast.called(figure.principal)
    if principal is None:
        return None if figure.tie else figure.principal
    if principal is figure:
        return None
    if principal.kind is ActorKind.PERSON and (figure.rank != "national" or " " in principal.name):
        return speaks_for(cast, principal, depth + 1)
    return speaks_for(cast, principal, depth + 1) or principal.name


def settle_ties(cast: Cast) -> None:
    """Tie every office that stands without a country to the one the article is about at that place."""
    for appearance in cast.appearances:
        figure = appearance.figure
        if not needs_tie(figure) or _role_is_elsewhere(cast, appearance):
            continue
        place = before(cast, appearance.token, appearance.sentence) or cast.dominant
        if place and not _unfit(figure.role or "", place):
            figure.tie = place


def needs_tie(figure: Figure) -> bool:
    """Whether a figure holds an office of some country that its own words do not name."""
    bare_office = figure.rank in {"national", "staff"} and figure.tie is None and figure.principal is None
    return bare_office and not figure.former and figure.kind is not ActorKind.ORGANISATION


def needs_tie_for(figure: Figure) -> bool:
    """Whether a description ("the government", "the prime minister") leaves open of which country."""
    return figure.tie is None and figure.principal is None and not figure.former


def tie_at(cast: Cast, token: int, role: str) -> Place | None:
    """The country that an office or body named at a token belongs to, as far as the words before it tell."""
    place = before(cast, token, cast.sentence_of(token)) or cast.dominant
    return place if place and not _unfit(role, place) else None


def _role_is_elsewhere(cast: Cast, appearance: Appearance) -> bool:
    found = cast.by_token.get(appearance.token)
    return found is None or found[0].role is None


def _unfit(role: str, place: Place) -> bool:
    return _MINISTERIAL in fold(role) and place.name in _WITHOUT_MINISTERS


def before(cast: Cast, token: int, sentence: int) -> Place | None:
    """The country that the words just before a token are about: their subject, heading or office holder's."""
    for number in range(sentence, max(-1, sentence - _SENTENCES_BACK - 1), -1):
        line = [u for u in cast.lines.get(number, ())[:_OPENING_UNITS] if u.first < token]
        if place := _subject(cast, line, number):
            return place
    return None


def _subject(cast: Cast, line: list[Unit], number: int) -> Place | None:
    heading = cast.document.paragraphs[cast.document.sentences[number].paragraph].kind is ParagraphKind.HEADING
    linked = False
    for unit in line:
        linked = linked or unit.kind is UnitKind.LINK
        if unit.kind is UnitKind.PLACE and unit.place and unit.place.country and (heading or not linked):
            return unit.place
        named = cast.by_token.get(unit.first) if not linked else None
        if named and named[1].tie and named[1].tie.country and not named[1].former:
            return named[1].tie
    return None
