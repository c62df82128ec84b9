"""Notes and keys are those of Go's sumdb/note and of c2sp.org, byte for byte; what is malformed is refused."""

from __future__ import annotations

import base64
import os
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ProofError
from archive.ledger.note import (
    COSIGNATURE,
    ED25519,
    Note,
    Signature,
    Signer,
    Verifier,
    parse_note,
    parse_signer,
    parse_verifier,
    valid_name,
)

# From the documentation of golang.org/x/mod/sumdb/note.
PETER_SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# From its tests.
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
# The example of c2sp.org/signed-note.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The Go checksum database, as served on 2024-09-23.
SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_NOTE = (
    "go.sum database tree\n30055305\nmXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=\n\n"
    "— sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlWFJJYle3EJlDCrQ+y3A8=\n"
)


@pytest.mark.parametrize(
    ("key", "note"),
    [
        (PETER, f"{PETER_TEXT}\n{PETER_LINE}"),
        (ENOCH, f"{PETER_TEXT}\n{PETER_LINE}{ENOCH_LINE}"),
        (FOO, FOO_NOTE),
        (SUMDB, SUMDB_NOTE),
    ],
)
def test_published_notes_are_valid_and_come_out_as_they_went_in(key: str, note: str) -> None:
    verifier = parse_verifier(key)
    assert str(verifier) == key
    assert str(parse_note(note.encode())) == note
    assert verifier.signed(parse_note(note))


def test_signing_gives_the_published_signature() -> None:
    signer = parse_signer(PETER_SECRET)
    assert str(signer.sign(PETER_TEXT)) == PETER_LINE
    assert str(signer.verifier) == PETER
    assert signer.secret() == PETER_SECRET
    assert PETER_SECRET[-20:] not in repr(signer)


def test_a_co_signature_of_a_public_witness_is_valid() -> None:
    """As given for a log of Android's binary transparency, in January 2025."""
    public = base64.b64decode("pTPPKyRu6Q3PoMkeY+/sNni0biF4vnVTYRHbVNA31mY=")
    root = "xqaCEZhTGZUuKNA7MpSyxe1WXiiESB2p+crAyzM+Vxo="
    text = f"developers.google.com/android/binary_transparency/google1p/0\n5\n{root}\n"
    value = base64.b64decode(
        "AAAAAGeTKgu4eA3kqUhRSllX2G6XCwVyCpXm/ULJ4iEFlZ2R84lPSKazUuptjKA7kwSX3UIaFrmw/v0rns/uUgavPtC3Hx4H"
    )
    witness = Verifier("witness", COSIGNATURE, public)
    [signature] = witness.signatures(Note(text, (Signature("witness", witness.id, value),)))
    assert signature.time == 1_737_697_803


def test_a_signature_of_another_text_is_an_error_and_of_an_unknown_key_is_none() -> None:
    forged = parse_note(f"{PETER_TEXT.replace('answer', 'end')}\n{PETER_LINE}")
    with pytest.raises(ProofError, match="PeterNeumann is not valid"):
        parse_verifier(PETER).signed(forged)
    assert not parse_verifier(FOO).signed(forged)


TEXTS = st.text(st.characters(blacklist_categories=("Cc", "Cs")) | st.just("\n"), min_size=1).map(
    lambda text: f"{text}\n"
)
NAMES = st.from_regex(r"[a-z0-9./-]{1,30}", fullmatch=True)
SEEDS = st.binary(min_size=32, max_size=32)


@settings(max_examples=40)
@given(TEXTS, NAMES, SEEDS, st.sampled_from([ED25519, COSIGNATURE]), st.integers(0, 2**63 - 1))
def test_what_is_signed_is_read_back_and_valid(text: str, name: str, seed: bytes, kind: int, seconds: int) -> None:
    signer = Signer(name, kind, seed)
    assert parse_signer(signer.secret()) == signer
    assert parse_verifier(str(signer.verifier)) == signer.verifier
    note = Note(text, (signer.sign(text, seconds),))
    assert parse_note(str(note).encode()) == note
    [signature] = signer.verifier.signatures(note)
    if kind == COSIGNATURE:
        assert signature.time == seconds


@given(TEXTS, SEEDS, st.data())
def test_any_bit_flipped_is_noticed(text: str, seed: bytes, data: st.DataObject) -> None:
    signer = Signer("log.example", ED25519, seed)
    whole = str(Note(text, (signer.sign(text),))).encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    flipped = whole[:at] + bytes([whole[at] ^ (1 << data.draw(st.integers(0, 7)))]) + whole[at + 1 :]
    with suppress(ProofError):  # a refusal is as good
        assert not signer.verifier.signed(parse_note(flipped))


MALFORMED = {
    "no signature": PETER_TEXT,
    "empty": "",
    "an empty line alone": "\n\n",
    "no empty line": f"{PETER_TEXT}{PETER_LINE}",
    "no final newline": f"{PETER_TEXT}\n{PETER_LINE}".removesuffix("\n"),
    "a hyphen for the dash": f"{PETER_TEXT}\n{PETER_LINE.replace('—', '-')}",
    "no key's name": f"{PETER_TEXT}\n— {PETER_LINE.split(' ')[2]}",
    "a plus in the name": f"{PETER_TEXT}\n{PETER_LINE.replace('Peter', 'Peter+')}",
    "no base64": f"{PETER_TEXT}\n— PeterNeumann x08go/*\n",
    "base64 spelled another way": f"{PETER_TEXT}\n{PETER_LINE.replace('AM=', 'AN=')}",
    "a signature of four bytes": f"{PETER_TEXT}\n— PeterNeumann x08gow==\n",
    "a text after the signatures": f"{PETER_TEXT}\n{PETER_LINE}more\n",
    "a control character": f"{PETER_TEXT}\x07\n\n{PETER_LINE}",
    "a carriage return": f"{PETER_TEXT}\r\n\n{PETER_LINE}",
}


@pytest.mark.parametrize("note", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(ProofError, match="no signed note"):
        parse_note(note)


def test_bytes_that_are_no_text_and_endless_ones_are_refused() -> None:
    with pytest.raises(ProofError, match="not UTF-8"):
        parse_note(b"\xff\n\n" + PETER_LINE.encode())
    with pytest.raises(ProofError, match="too long"):
        parse_note(b"a" * 1_000_001)


@pytest.mark.parametrize(
    "key",
    [
        "",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("PeterNeumann", ""),
        PETER[:-8],
        PETER.replace("ARpc", "Apc="),
        PETER_SECRET,
    ],
)
def test_a_malformed_key_is_refused(key: str) -> None:
    with pytest.raises(ProofError, match="no key"):
        parse_verifier(key)


def test_an_error_about_a_private_key_does_not_show_it() -> None:
    for broken in (PETER_SECRET[:-8], PETER_SECRET.replace("c74f20a3", "00000000"), PETER_SECRET[12:]):
        with pytest.raises(ProofError) as error:
            parse_signer(broken)
        assert "AYEK" not in str(error.value)


def test_names_of_keys_hold_no_spaces_and_nothing_invisible() -> None:
    assert valid_name("example.org/archive")
    assert not any(map(valid_name, ("", "a b", "a+b", "a\u00a0b", "a\u2028b", "a\u200bb")))


def test_a_witness_and_a_log_with_one_key_have_two_ids() -> None:
    seed = os.urandom(32)
    assert Signer("w", ED25519, seed).verifier.id != Signer("w", COSIGNATURE, seed).verifier.id
