"""Headers: canonical, round trips, golden for ever; old schema versions are read through upcasters."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import LogError
from archive.ledger.events import EVENT_TYPES, ActorRegistered, Event, StatementRecorded, Words, read_words, words_part
from archive.ledger.header import Draft, Part, canonical, commitment, decode, event_id, seal
from archive.model import Span
from tests.ledger.examples import EXAMPLES, drafts

GOLDEN = Path(__file__).parent / "golden"
AT = "2024-03-01T12:00:00.000000Z"

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
spans = st.lists(st.builds(Span, st.integers(0, 10**6), st.integers(0, 10**6)), max_size=4).map(tuple)
statements = st.builds(
    StatementRecorded,
    statement=text,
    article=text,
    revision=st.integers(1, 99),
    kind=text,
    resolution=text,
    content=spans,
    valid_at=text,
    precision=text,
    extractor=text,
    speaker=st.none() | st.builds(Span, st.integers(0, 99), st.integers(0, 99)),
    actor=st.none() | text,
    confidence=st.integers(0, 1000),
)


def no_salt(size: int) -> bytes:
    return bytes(size)


def test_there_is_an_example_and_a_golden_file_for_every_event_type() -> None:
    assert [type(event).type for event in EXAMPLES] == list(EVENT_TYPES)
    assert {path.stem for path in GOLDEN.glob("*.json")} >= set(EVENT_TYPES)


@pytest.mark.parametrize("draft", drafts(), ids=lambda draft: type(draft.event).type)
def test_a_header_is_byte_for_byte_what_the_golden_file_says(draft: Draft) -> None:
    golden = (GOLDEN / f"{type(draft.event).type}.json").read_bytes().rstrip(b"\n")
    assert seal(draft, 3, salt=no_salt).header(AT) == golden


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_every_golden_header_is_read_for_ever(path: Path) -> None:
    recorded = decode(7, path.read_bytes().rstrip(b"\n"))
    assert (recorded.position, recorded.at, recorded.version) == (7, AT, 3)
    assert recorded.stream == recorded.event.stream


@given(statements, st.integers(1, 9999))
def test_an_event_survives_sealing_and_reading(event: Event, version: int) -> None:
    recorded = decode(1, seal(Draft(event), version).header(AT))
    assert recorded.event == event
    assert (recorded.id, recorded.stream, recorded.version) == (event_id(event, version), event.stream, version)


@given(statements)
def test_headers_are_canonical_by_the_standard_library_too(event: Event) -> None:
    header = seal(Draft(event, {"words": b"x"}), 1).header(AT)
    again = json.dumps(json.loads(header), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again.encode() == header


safe_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcXYZ_0", max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(safe_values)
def test_canonical_json_round_trips_and_agrees_with_the_standard_library(value: Any) -> None:
    encoded = canonical(value)
    assert json.loads(encoded) == value
    assert encoded == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@pytest.mark.parametrize("value", [0.5, 2**53, {"é": 1}, ["deep", {"x": [1.0]}]])
def test_what_serialisers_disagree_on_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="canonical JSON"):
        canonical(value)


def test_the_same_fact_at_the_same_version_has_the_same_id_whoever_seals_it() -> None:
    ids = {event_id(event, 1) for event in EXAMPLES}
    assert len(ids) == len(EXAMPLES)
    one, again = (seal(Draft(EXAMPLES[0]), 1) for _ in range(2))
    assert one.id == again.id
    assert event_id(EXAMPLES[0], 2) != one.id


def test_a_commitment_is_the_documented_hash_and_hides_the_body_behind_its_salt() -> None:
    part = Part("text", b"s" * 32, b"body")
    assert commitment(part) == hashlib.sha256(b"\x02" + b"s" * 32 + b"\x00\x00\x00\x04" + b"text" + b"body").hexdigest()
    sealed = [seal(Draft(EXAMPLES[3], {"text": b"body"}), 1) for _ in range(2)]
    assert sealed[0].parts[0].salt != sealed[1].parts[0].salt
    assert sealed[0].id == sealed[1].id


def test_an_old_schema_version_is_read_step_by_step() -> None:
    header = seal(Draft(ActorRegistered("person:x", "X", "person")), 1).header(AT)
    oldest = header.replace(b"actor.registered.v1", b"actor.known.v1").replace(b'"name":"X"', b'"label":"X"')

    def to_second(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return "actor.known.v2", {**data, "title": data["label"]}

    def to_current(data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return ActorRegistered.type, {**data, "name": data["title"]}

    upcasters = {"actor.known.v1": to_second, "actor.known.v2": to_current}
    assert decode(1, oldest, upcasters=upcasters).event == ActorRegistered("person:x", "X", "person")


@pytest.mark.parametrize(
    "header", [b"", b"{}", b"not json", b'{"at":"x","data":{},"id":"1","stream":"s","type":"t.v1","version":1}']
)
def test_a_header_that_cannot_be_read_names_its_position(header: bytes) -> None:
    with pytest.raises(LogError, match="position 12"):
        decode(12, header)


@given(
    st.builds(
        Words,
        content=st.lists(text, max_size=3).map(tuple),
        cue=st.lists(text, max_size=2).map(tuple),
        speaker=st.none() | text,
    )
)
def test_the_words_of_a_statement_survive_their_part(words: Words) -> None:
    assert read_words(words_part(words)) == words


def test_defaults_are_left_out_of_the_header() -> None:
    data = msgspec.json.decode(seal(Draft(EXAMPLES[0]), 1).header(AT))["data"]
    assert "language" not in data
