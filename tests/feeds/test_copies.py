"""Which texts are one story: the rules of archive/feeds/copies.py, on invented wire copy."""

from __future__ import annotations

import random

import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.copies import Likeness, canonical_url, keys, likeness, sketch, story

WORDS = [
    "toll",
    "harbour",
    "minister",
    "pier",
    "vote",
    "council",
    "boats",
    "ship",
    "week",
    "coast",
    "said",
    "asked",
    "held",
    "plan",
    "rise",
    "cost",
    "ferry",
    "north",
]


def prose(seed: int, words: int) -> str:
    chosen = random.Random(seed).choices(WORDS, k=words)
    return " ".join(f"{word}{n % 7}" for n, word in enumerate(chosen))


WIRE = prose(1, 300)


@pytest.mark.parametrize(
    ("text", "how"),
    [
        (WIRE, "text"),
        (WIRE.upper().replace(" ", "\n\n", 40) + "!", "text"),
        (f"By our own staff. {WIRE} {prose(2, 60)}", "similar"),
        (" ".join(WIRE.split()[:120]), "similar"),
        (prose(3, 300), None),
        (prose(4, 150) + " " + " ".join(WIRE.split()[:50]), None),
    ],
    ids=["same", "same words", "with more", "cut short", "another", "a quotation in common"],
)
def test_a_story_is_told_by_its_words(text: str, how: str | None) -> None:
    one, other = story(WIRE, "https://wire.example/1"), story(text, "https://post.example/9")
    found = likeness(one, other)
    assert (found.how if found else None) == how
    if how:
        assert set(keys(one)) & set(keys(other))


def test_short_texts_are_told_by_their_address_only() -> None:
    one, same = story("Live: the vote on the toll", "https://wire.example/1"), story("Live: the vote on the toll", None)
    assert likeness(one, same) is None
    assert likeness(one, story("Something else", "http://m.wire.example/1#top")) == Likeness("url", 0.0)
    assert keys(same) == []


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://www.Wire.example/a/b/?utm_source=rss&id=7#x", "wire.example/a/b?id=7"),
        ("http://wire.example/a/amp", "wire.example/a"),
        ("https://m.wire.example/story?b=2&a=1&fbclid=xyz", "wire.example/story?a=1&b=2"),
        ("https://wire.example/", None),
        ("https://wire.example/?utm_source=x", None),
        ("https://[broken", None),
        (None, None),
    ],
)
def test_an_address_is_cut_to_what_tells_the_article(url: str | None, canonical: str | None) -> None:
    assert canonical_url(url) == canonical


@given(st.integers(0, 2**32), st.integers(30, 400), st.integers(0, 10))
def test_likeness_is_the_same_both_ways_and_to_itself(seed: int, words: int, changes: int) -> None:
    text = prose(seed, words).split()
    chance = random.Random(seed)
    edited = list(text)
    for _ in range(changes):
        edited[chance.randrange(len(edited))] = "other"
    one, other = story(" ".join(text), None), story(" ".join(edited), None)
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == Likeness("text", 1.0)


def test_the_sketch_that_stored_keys_rest_on_never_changes() -> None:
    assert sketch(range(1, 100)).tolist()[:4] == [4073385, 99409560, 2582611, 50519375]


def test_a_sketch_of_very_many_is_put_together_from_pieces() -> None:
    many = random.Random(7).sample(range(2**32), 25_000)
    theirs = MinHash(num_perm=64, hashfunc=int, seed=1, scheme="affine32")
    theirs.update_batch(many)
    assert sketch(many).tolist() == theirs.hashvalues.tolist()
