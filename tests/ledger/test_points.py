"""What people call a point in the life of the log: only what was signed counts as known at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import ProofError, UsageError
from archive.ledger import keys
from archive.ledger.checkpoint import Checkpoint, Signed
from archive.ledger.note import Note
from archive.ledger.points import position_at
from archive.ledger.signing import Desk, sign
from archive.ledger.store import Ledger
from tests.ledger.test_signing import ORIGIN, actors

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path) -> Desk:
    """A log of five events, of which three were signed at once, and the rest were recorded an hour later."""
    keys.create(tmp_path / "archive.key", ORIGIN)
    ledger.append(actors(0, 3), {}, NOW)
    desk = Desk(ledger, tmp_path / "archive.key", tmp_path / "published")
    sign(desk, NOW + timedelta(minutes=1))
    ledger.append(actors(3, 2), {}, NOW + HOUR)
    return desk


def test_at_a_time_only_what_was_signed_by_then_was_known(desk: Desk) -> None:
    assert position_at(desk.ledger, NOW + timedelta(minutes=1)) == 3
    assert position_at(desk.ledger, NOW + 2 * HOUR) == 3
    sign(desk, NOW + 3 * HOUR)
    assert position_at(desk.ledger, NOW + 2 * HOUR) == 3
    assert position_at(desk.ledger, NOW + 3 * HOUR) == 5


def test_before_the_first_checkpoint_nothing_shows_what_was_known(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"no checkpoint was signed by 2024-03-01T12:00:30.*it is position 3"):
        position_at(desk.ledger, NOW + timedelta(seconds=30))


def test_a_checkpoint_is_the_size_it_was_signed_over_and_no_other_log_has_it(desk: Desk) -> None:
    signed = sign(desk, NOW + 2 * HOUR)
    assert position_at(desk.ledger, signed) == 5

    def other(size: int, root: bytes) -> Signed:
        state = Checkpoint(ORIGIN, size, root)
        return Signed(state, Note(state.text(), signed.note.signatures))

    with pytest.raises(ProofError, match="are not those that were signed"):
        position_at(desk.ledger, other(4, signed.checkpoint.root))
    with pytest.raises(ProofError, match="covers 9 events, and the log has 5"):
        position_at(desk.ledger, other(9, signed.checkpoint.root))


def test_a_position_beyond_the_end_is_none(desk: Desk) -> None:
    assert position_at(desk.ledger, 5) == 5
    with pytest.raises(UsageError, match="5 events, there is no position 6"):
        position_at(desk.ledger, 6)
