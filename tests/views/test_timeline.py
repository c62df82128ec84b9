"""The rules of the course, one by one: which of several statements an actor's stance is taken from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.views.identity import Merges
from archive.views.timeline import Element, timeline


@dataclass
class Said:
    """A statement in short: day, stance, how it reached us, where in the article."""

    on: int
    stance: str
    ascribed: bool = False
    start: int = 0


def element(said: Said, position: int) -> Element:
    at = f"2024-03-{said.on:02}T12:00:00.000000Z"
    directness = "ascribed" if said.ascribed else "first_hand"
    return Element(
        at, at, 1, said.start, position, f"s{position}", "ann", said.stance, directness, None, "published",
        position, "rule", 1000,
    )  # fmt: skip


def course(*said: Said) -> list[tuple[int, str]]:
    """From which day on which stance holds."""
    elements = [element(one, position) for position, one in enumerate(said, 1)]
    return [(int(segment.valid_from[8:10]), segment.element.stance) for segment in timeline(elements)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([], [], id="nothing said, nothing held"),
        pytest.param([Said(1, "open"), Said(3, "oppose")], [(1, "open"), (3, "oppose")], id="the latest counts"),
        pytest.param(
            [Said(3, "oppose"), Said(1, "open")],
            [(1, "open"), (3, "oppose")],
            id="the latest by when it was said, not by when it was found",
        ),
        pytest.param(
            [Said(1, "open"), Said(3, "oppose", ascribed=True)], [(1, "open")], id="hearsay never overrides own words"
        ),
        pytest.param(
            [Said(1, "oppose", ascribed=True), Said(3, "open")],
            [(1, "oppose"), (3, "open")],
            id="hearsay counts until there are own words",
        ),
        pytest.param(
            [Said(1, "open"), Said(3, "no_position"), Said(4, "unclear")], [(1, "open")], id="silence erases nothing"
        ),
        pytest.param(
            [Said(1, "oppose", ascribed=True), Said(3, "no_position")],
            [(1, "oppose")],
            id="own words without a position do not erase hearsay of one",
        ),
        pytest.param(
            [Said(1, "unclear"), Said(2, "no_position")],
            [(1, "unclear"), (2, "no_position")],
            id="who never took a position shows that",
        ),
        pytest.param(
            [Said(1, "support", start=10), Said(1, "conditional", start=90)],
            [(1, "conditional")],
            id="a later statement of the article qualifies an earlier one",
        ),
        pytest.param(
            [Said(1, "conditional", start=90), Said(1, "support", start=10)],
            [(1, "conditional")],
            id="later is by the place in the text",
        ),
    ],
)
def test_an_actors_stance_is_taken_from(said: list[Said], expected: list[tuple[int, str]]) -> None:
    assert course(*said) == expected


_said = st.builds(
    Said,
    on=st.integers(1, 5),
    stance=st.sampled_from(("support", "open", "no_position")),
    ascribed=st.booleans(),
    start=st.integers(0, 3),
)


@given(said=st.lists(_said), order=st.randoms())
def test_the_order_of_arrival_does_not_matter(said: list[Said], order: object) -> None:
    elements = [element(one, position) for position, one in enumerate(said, 1)]
    shuffled = list(elements)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert timeline(shuffled) == timeline(elements)


@given(said=st.lists(_said, min_size=1))
def test_every_moment_from_the_first_statement_on_has_one_stance(said: list[Said]) -> None:
    segments = timeline([element(one, position) for position, one in enumerate(said, 1)])
    assert segments[0].valid_from[8:10] == f"{min(one.on for one in said):02}"
    assert segments[-1].valid_to is None
    for here, after in pairwise(segments):
        assert here.valid_to == after.valid_from > here.valid_from


def test_a_merge_that_would_close_a_circle_has_no_effect() -> None:
    merges = Merges()
    assert merges.merge("ann", "bea")
    assert merges.merge("bea", "cid")
    assert not merges.merge("cid", "ann")
    assert not merges.merge("ann", "ann")
    assert merges.canonical("ann") == "cid"
    assert merges.members("cid") == {"ann", "bea", "cid"}


def test_a_merge_is_undone_only_where_it_is_in_force() -> None:
    merges = Merges([("ann", "bea")])
    assert not merges.undo("ann", "cid")
    assert merges.undo("ann", "bea")
    assert merges.canonical("ann") == "ann"
