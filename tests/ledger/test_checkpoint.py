"""Checkpoints and proofs as text: read back as written, and refused where malformed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import ProofError
from archive.ledger import merkle
from archive.ledger.checkpoint import Checkpoint, Proof, Signed, parse_checkpoint, parse_proof
from archive.ledger.note import ED25519, Note, Signer
from tests.ledger.test_note import SUMDB_NOTE

LOG = Signer("log.example/archive", ED25519, bytes(range(32)))
HASHES = st.binary(min_size=32, max_size=32)


def signed(checkpoint: Checkpoint, signer: Signer = LOG) -> Signed:
    return Signed(checkpoint, Note(checkpoint.text(), (signer.sign(checkpoint.text()),)))


@given(st.integers(0, 2**63 - 1), HASHES)
def test_a_checkpoint_is_read_back_as_written(size: int, root: bytes) -> None:
    written = signed(Checkpoint("log.example/archive", size, root))
    read = parse_checkpoint(str(written.note).encode())
    assert read == written
    assert read.signed_by(LOG.verifier)


def test_the_checkpoint_of_a_public_log_is_read() -> None:
    state = parse_checkpoint(SUMDB_NOTE).checkpoint
    assert (state.origin, state.size, state.text()) == (
        "go.sum database tree",
        30055305,
        SUMDB_NOTE.split("\n\n")[0] + "\n",
    )


def test_lines_after_the_root_are_carried_along() -> None:
    text = Checkpoint("log.example", 1, bytes(32)).text() + "extension\n"
    assert parse_checkpoint(str(Note(text, (LOG.sign(text),)))).signed_by(LOG.verifier)


@pytest.mark.parametrize(
    "text",
    [
        "log.example\n1\n",
        "log.example\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log.example\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log.example\n²\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log.example\n99999999999999999999\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log.example\n1\nAAAA\n",
        "log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
        "log.example\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nx\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ProofError, match="no checkpoint"):
        parse_checkpoint(str(Note(text, (LOG.sign(text),))))


@given(st.binary(max_size=40), st.integers(0, 2**40), st.lists(HASHES, max_size=5))
def test_a_proof_is_read_back_as_written(header: bytes, index: int, path: list[bytes]) -> None:
    state = signed(Checkpoint("log.example", index + 1, merkle.leaf_hash(header)))
    written = Proof(index, tuple(path), state)
    assert parse_proof(str(written).encode()) == written


def test_a_proof_with_extra_data_is_read() -> None:
    proof = Proof(0, (), signed(Checkpoint("log.example", 1, merkle.leaf_hash(b"x"))))
    assert parse_proof(str(proof).replace("\nindex", "\nextra eA==\nindex", 1)) == replace(proof, extra=b"x")
    assert parse_proof(str(replace(proof, extra=b"x"))).extra == b"x"
    assert proof.holds(b"x")
    assert not proof.holds(b"y")


@pytest.mark.parametrize(
    "change", [("@v1", "@v2"), ("index 0", "index 00"), ("index 0", "0"), ("index 0\n", "index 0\nAAAA\n")]
)
def test_a_malformed_proof_is_refused(change: tuple[str, str]) -> None:
    proof = str(Proof(0, (), signed(Checkpoint("log.example", 1, merkle.leaf_hash(b"x")))))
    with pytest.raises(ProofError, match="no proof"):
        parse_proof(proof.replace(*change))
