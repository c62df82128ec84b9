"""A witness co-signs growth and nothing else, and answers as c2sp.org/tlog-witness says."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ProofError
from archive.ledger import merkle
from archive.ledger.checkpoint import Checkpoint, Signed
from archive.ledger.note import COSIGNATURE, ED25519, Note, Signer, parse_signatures
from archive.ledger.witness import Request, Witness, parse_request

LOG = Signer("log.example", ED25519, bytes(32))
OTHER = Signer("other.example", ED25519, bytes([1] * 32))
WITNESS = Signer("witness.example/1", COSIGNATURE, bytes([2] * 32))
HASHES = [merkle.leaf_hash(b"%d" % n) for n in range(100)]
FORKED = [*HASHES[:5], *[merkle.leaf_hash(b"forked %d" % n) for n in range(95)]]
SECONDS = 1_700_000_000


def request(old: int, size: int, hashes: Sequence[bytes] = HASHES, signer: Signer = LOG) -> Request:
    def subtree(height: int, index: int) -> bytes:
        return merkle.root(merkle.extend((), 0, hashes[index << height : (index + 1) << height]))

    state = Checkpoint(signer.name, size, merkle.range_root(0, size, subtree))
    proof = merkle.consistency_proof(min(old, size), size, subtree)
    return Request(old, tuple(proof), Signed(state, Note(state.text(), (signer.sign(state.text()),))))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(WITNESS, [LOG.verifier], tmp_path / "witness.json")


def ask(witness: Witness, one: Request) -> HTTPStatus:
    return witness.add_checkpoint(str(one).encode(), SECONDS).status


def test_growth_is_co_signed_with_the_time(witness: Witness) -> None:
    for old, size in ((0, 5), (5, 5), (5, 64), (64, 99)):
        one = request(old, size)
        answer = witness.add_checkpoint(str(one).encode(), SECONDS)
        assert answer.status == HTTPStatus.OK
        note = Note(one.checkpoint.note.text, parse_signatures(answer.body))
        [signature] = WITNESS.verifier.signatures(note)
        assert signature.time == SECONDS


def test_a_request_is_read_as_written() -> None:
    one = request(3, 50)
    assert parse_request(str(one).encode()) == one


def test_what_it_signed_last_is_remembered_by_the_next_process(witness: Witness, tmp_path: Path) -> None:
    assert ask(witness, request(0, 50)) == HTTPStatus.OK
    again = Witness(WITNESS, [LOG.verifier], tmp_path / "witness.json")
    assert ask(again, request(0, 60)) == HTTPStatus.CONFLICT
    assert ask(again, request(50, 60)) == HTTPStatus.OK


def test_whoever_does_not_know_what_it_signed_last_is_told(witness: Witness) -> None:
    assert ask(witness, request(0, 50)) == HTTPStatus.OK
    for one in (request(0, 60), request(49, 60), request(55, 60), request(0, 10)):
        answer = witness.add_checkpoint(str(one).encode(), SECONDS)
        assert (answer.status, answer.body, answer.type) == (HTTPStatus.CONFLICT, "50\n", "text/x.tlog.size")


def test_another_history_is_never_co_signed(witness: Witness) -> None:
    assert ask(witness, request(0, 50)) == HTTPStatus.OK
    assert ask(witness, request(50, 50, FORKED)) == HTTPStatus.CONFLICT
    assert ask(witness, request(50, 60, FORKED)) == HTTPStatus.UNPROCESSABLE_ENTITY
    good, bad = request(50, 60), request(50, 61)
    assert ask(witness, Request(50, bad.proof, good.checkpoint)) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ask(witness, Request(50, (), good.checkpoint)) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ask(witness, good) == HTTPStatus.OK


def test_unknown_logs_and_keys_are_turned_away(witness: Witness) -> None:
    assert ask(witness, request(0, 5, signer=OTHER)) == HTTPStatus.NOT_FOUND
    impostor = Signer(LOG.name, ED25519, bytes([9] * 32))
    assert ask(witness, request(0, 5, signer=impostor)) == HTTPStatus.FORBIDDEN
    one = request(0, 5)
    [line] = one.checkpoint.note.signatures
    stolen = Note(request(0, 6).checkpoint.note.text, (line,))
    assert ask(witness, Request(0, (), Signed(one.checkpoint.checkpoint, stolen))) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    "body",
    [b"", b"old 0\n\n", b"old x\n\n", b"\xff", str(request(0, 5)).encode()[4:], str(request(9, 5)).encode()],
)
def test_what_is_no_request_is_a_bad_one(witness: Witness, body: bytes) -> None:
    assert witness.add_checkpoint(body, SECONDS).status == HTTPStatus.BAD_REQUEST


def test_more_proof_lines_than_a_tree_can_have_are_a_bad_request(witness: Witness) -> None:
    one = request(0, 5)
    assert ask(witness, Request(0, (bytes(32),) * 64, one.checkpoint)) == HTTPStatus.BAD_REQUEST


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 60), st.booleans()), max_size=8))
def test_whatever_is_asked_all_it_ever_signs_is_one_history(asked: list[tuple[int, int, bool]]) -> None:
    with TemporaryDirectory() as folder:
        witness = Witness(WITNESS, [LOG.verifier], Path(folder) / "w.json")
        signed = []
        for old, size, forked in asked:
            one = request(old, size, FORKED if forked else HASHES)
            if ask(witness, one) == HTTPStatus.OK:
                signed.append(one.checkpoint.checkpoint)
        assert [one.size for one in signed] == sorted(one.size for one in signed)
        for hashes in (HASHES, FORKED):
            roots = {size: merkle.root(merkle.extend((), 0, hashes[:size])) for size in range(1, 61)}
            if all(roots[one.size] == one.root for one in signed):
                return
        pytest.fail("two histories were signed")


def test_a_witness_that_cannot_read_what_it_signed_does_not_start(tmp_path: Path) -> None:
    for content in ("", "[]", '{"log.example": 3}', '{"log.example": {"size": 1, "root": "x"}}'):
        (tmp_path / "w.json").write_text(content)
        with pytest.raises(ProofError, match="may sign two histories"):
            Witness(WITNESS, [LOG.verifier], tmp_path / "w.json")
