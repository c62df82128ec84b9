"""Whose side somebody is on by who they are."""

from __future__ import annotations

import pytest

from archive.extract.camps import Camps
from archive.extract.vocabulary import vocabulary
from archive.model import ActorKind, ActorMention

QUILL, ADA_QUILL = frozenset({"quill"}), frozenset({"ada", "quill"})


@pytest.mark.parametrize(
    ("name", "kind", "role", "side"),
    [
        ("Ada Quill", ActorKind.PERSON, None, 1),
        ("Quill", ActorKind.PERSON, None, 1),
        ("Ada Mae Quill", ActorKind.PERSON, None, 1),
        ("Norbert Quill", ActorKind.PERSON, None, None),
        ("Ed Crowe", ActorKind.PERSON, None, None),
        ("Ed Crowe", ActorKind.PERSON, "Quill’s campaign manager", 1),
        ("Ed Crowe", ActorKind.PERSON, "senior adviser to the campaign of Mrs. Quill", 1),
        ("Ed Crowe", ActorKind.PERSON, "longtime Quill critic", -1),
        ("Ed Crowe", ActorKind.PERSON, "Governor of Sund", None),
        ("Quill supporters", ActorKind.GROUP, None, 1),
        ("anti-Quill forces", ActorKind.GROUP, None, -1),
        ("Quill campaign", ActorKind.ORGANISATION, None, 1),
    ],
)
def test_a_candidate_has_a_camp_and_foes(name: str, kind: ActorKind, role: str | None, side: int | None) -> None:
    actor = ActorMention(name=name, kind=kind, role=role, country=None)
    assert Camps.of(vocabulary("en")).side(QUILL, ADA_QUILL, actor) == side


def test_a_former_member_of_a_camp_is_of_none() -> None:
    former = ActorMention(name="Ed Crowe", kind=ActorKind.PERSON, role="Quill adviser", country=None, former=True)
    assert Camps.of(vocabulary("en")).side(QUILL, ADA_QUILL, former) is None
