"""Entries of public registers → actors: Wikidata's entities, and FollowTheMoney's as OpenSanctions publishes them.

Pure: bytes in, actors out. A file is one JSON document, or one JSON value a line. What in it is neither person nor
organisation, country, position or tenure is told, not guessed at.
"""

from __future__ import annotations

from archive.errors import UsageError
from archive.registers import followthemoney, wikidata
from archive.registers.source import Extract, values

__all__ = ["Extract", "read"]


def read(data: bytes, name: str) -> Extract:
    """The actors in a file; UsageError, with the line, where it is not what it should be. ``name`` is the file's."""
    found = values(data, name)
    entities = [entity for where, value in found for entity in wikidata.entities(where, value)]
    others = [one for one in found if not wikidata.is_wikidata(one[1])]
    for where, value in others:
        if not followthemoney.is_entity(value):
            raise UsageError(
                "this is no entity: neither Wikidata's nor FollowTheMoney's",
                where=where,
                remedy="Give what Special:EntityData or wbgetentities deliver, or FollowTheMoney entities one a line",
            )
    try:
        first, second = wikidata.extract(entities), followthemoney.extract(others)
    except (AttributeError, KeyError, TypeError) as error:
        raise UsageError(
            f"an entity has not the parts it should have: {type(error).__name__} {error}",
            where=name,
            remedy="Take the file anew from the register",
        ) from error
    return Extract((*first.listed, *second.listed), (*first.passed_over, *second.passed_over))
