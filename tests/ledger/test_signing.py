"""Signing: only what continues what was signed before, whoever restored what; the same on both databases."""

from __future__ import annotations

import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from archive.errors import LogError, ProofError, UsageError
from archive.ledger import keys
from archive.ledger.checkpoint import Signed, parse_checkpoint
from archive.ledger.engine import connect, reading, writing
from archive.ledger.events import ActorRegistered, KeyRotated
from archive.ledger.header import Draft
from archive.ledger.note import COSIGNATURE, Signer
from archive.ledger.rotation import read_rotation, rotate, rotations
from archive.ledger.schema import anchors
from archive.ledger.signing import Desk, latest, latest_published, sign, size_signed_by
from archive.ledger.store import Ledger
from archive.model import iso

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
ORIGIN = "log.example/archive"


def actors(first: int, count: int) -> list[Draft]:
    return [Draft(ActorRegistered(f"person:{n}", f"Person {n}", "person")) for n in range(first, first + count)]


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path) -> Desk:
    """A desk with a key, over a log of 300 events."""
    keys.create(tmp_path / "archive.key", ORIGIN)
    ledger.append(actors(0, 300), {}, NOW)
    return Desk(ledger, tmp_path / "archive.key", tmp_path / "published")


def unguarded(engine: Engine, *statements: str) -> None:
    """Run statements as somebody does who has dropped the guards first."""
    with writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_schema WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("events", "parts", "log_head", "checkpoints", "anchors"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.execute(text(statement))


def test_what_is_signed_is_recorded_published_and_valid(desk: Desk, engine: Engine) -> None:
    signed = sign(desk, NOW)
    assert (signed.size, signed.checkpoint.origin) == (300, ORIGIN)
    assert signed.signed_by(keys.load(desk.key).verifier)
    assert desk.tiles.root(300) == signed.checkpoint.root
    with reading(engine) as connection:
        assert latest(connection) == latest_published(desk.folder) == signed


def test_where_nothing_is_new_nothing_is_signed(desk: Desk) -> None:
    assert sign(desk, NOW) == sign(desk, NOW + timedelta(days=1))


def test_the_log_goes_on_and_each_checkpoint_continues_the_last(desk: Desk, engine: Engine) -> None:
    first = sign(desk, NOW)
    desk.ledger.append(actors(300, 900), {}, NOW)
    second = sign(desk, NOW + timedelta(hours=1))
    assert second.size == 1200
    desk.tiles.consistency(first.checkpoint, second.checkpoint)
    with reading(engine) as connection:
        assert latest(connection, upto=1199) == first
        assert size_signed_by(connection, NOW - timedelta(seconds=1)) is None
        assert size_signed_by(connection, NOW + timedelta(minutes=59)) == 300
        assert size_signed_by(connection, NOW + timedelta(hours=1)) == 1200


def test_an_empty_log_is_not_signed(ledger: Ledger, tmp_path: Path) -> None:
    keys.create(tmp_path / "k", ORIGIN)
    with pytest.raises(UsageError, match="empty"):
        sign(Desk(ledger, tmp_path / "k", tmp_path / "published"), NOW)


def test_the_published_folder_is_written_anew_where_it_is_lost(desk: Desk) -> None:
    signed = sign(desk, NOW)
    shutil.rmtree(desk.folder)
    assert sign(desk, NOW) == signed == latest_published(desk.folder)
    assert desk.tiles.root(300) == signed.checkpoint.root


ROLLED_BACK = (
    "DELETE FROM anchors",
    "DELETE FROM checkpoints WHERE size > 300",
    "DELETE FROM events WHERE position > 300",
    "UPDATE log_head SET size = (SELECT max(size) FROM checkpoints), frontier = (SELECT frontier FROM kept)",
    "DROP TABLE kept",
)


def rolled_back(desk: Desk, *, rotating: bool = False) -> Signed:
    """A log that was signed at 310 events (or with another key at 301), and then is what it was at 300."""
    sign(desk, NOW)
    engine = desk.ledger.engine
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT frontier FROM log_head"))
    if rotating:
        rotate(desk.ledger, desk.key, NOW)
    else:
        desk.ledger.append(actors(300, 10), {}, NOW)
    signed = sign(desk, NOW)
    unguarded(engine, *ROLLED_BACK)
    return signed


def test_a_log_that_was_rolled_back_is_not_signed(desk: Desk) -> None:
    published = rolled_back(desk)
    for compare in (None, published):
        with pytest.raises(ProofError, match="it has 300 events, and 310 were signed"):
            sign(desk, NOW, compare)


def test_a_log_that_was_rolled_back_to_an_earlier_key_is_told_to_be_shorter(desk: Desk) -> None:
    rolled_back(desk, rotating=True)
    with pytest.raises(ProofError, match="it has 300 events, and 301 were signed"):
        sign(desk, NOW)


def test_a_log_that_was_rolled_back_and_grew_otherwise_is_not_signed(desk: Desk) -> None:
    published = rolled_back(desk)
    desk.ledger.append(actors(500, 30), {}, NOW)
    shutil.rmtree(desk.folder)
    for compare in (None, published):
        with pytest.raises(ProofError, match="its first 310 events are not those that were signed"):
            sign(desk, NOW, compare)


def restored(desk: Desk, tmp_path: Path) -> Desk:
    """The same log in another database, as after restoring a backup."""
    events = [Draft(one.event) for one in desk.ledger.read()]
    engine = desk.ledger.engine
    if engine.dialect.name != "sqlite":
        with writing(engine) as connection:  # a dump that is loaded makes new tables, with new ids
            connection.execute(text("ALTER TABLE events RENAME TO events_before"))
            connection.execute(text("CREATE TABLE events (LIKE events_before INCLUDING ALL)"))
            connection.execute(text("INSERT INTO events SELECT * FROM events_before"))
        return desk
    assert engine.url.database
    assert events
    engine.dispose()
    shutil.copy(engine.url.database, tmp_path / "restored.db")
    return Desk(Ledger(connect(f"sqlite:///{tmp_path / 'restored.db'}")), desk.key, desk.folder)


def test_after_a_restore_nothing_is_signed_before_it_is_compared(desk: Desk, tmp_path: Path) -> None:
    signed = sign(desk, NOW)
    again = restored(desk, tmp_path)
    with pytest.raises(ProofError, match=r"not the database that was signed last.*--compare"):
        sign(again, NOW)
    stranger = Signer(ORIGIN, 1, bytes(32)).sign(signed.checkpoint.text())
    forged = Signed(signed.checkpoint, signed.note.__class__(signed.checkpoint.text(), (stranger,)))
    with pytest.raises(ProofError, match="no signature of the log's key"):
        sign(again, NOW, forged)
    assert sign(again, NOW, signed) == signed
    assert sign(again, NOW) == signed
    again.ledger.engine.dispose()


def test_a_key_that_remembers_nothing_signs_no_log_that_was_signed(desk: Desk) -> None:
    signed = sign(desk, NOW)
    (desk.key.with_name("archive.key.last")).unlink()
    with pytest.raises(ProofError, match="--compare"):
        sign(desk, NOW)
    assert sign(desk, NOW, signed) == signed


def test_a_head_that_is_not_that_of_the_events_is_not_signed(desk: Desk) -> None:
    unguarded(desk.ledger.engine, "UPDATE events SET leaf_hash = header WHERE position = 7")
    with pytest.raises((ProofError, LogError, ValueError)):
        sign(desk, NOW)
    assert latest_published(desk.folder) is None


def test_an_altered_event_that_was_signed_already_stops_signing(desk: Desk) -> None:
    sign(desk, NOW)
    desk.ledger.append(actors(300, 10), {}, NOW)
    unguarded(desk.ledger.engine, "UPDATE events SET header = leaf_hash WHERE position = 290")
    with pytest.raises(ProofError, match="position 290: the event is not the one that was hashed"):
        sign(desk, NOW)


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "k"
    signer = keys.create(path, ORIGIN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load(path) == signer
    with pytest.raises(UsageError, match="not overwritten"):
        keys.create(path, ORIGIN)
    for mode in (0o640, 0o604, 0o620, 0o601):
        path.chmod(mode)
        with pytest.raises(ProofError, match="by others"):
            keys.load(path)


def test_a_file_that_holds_no_key_is_named_and_not_shown(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing: there is no key.*archive keys new"):
        keys.load(tmp_path / "nothing")
    for content in (b"secret words", b"\xff\xfe"):
        (tmp_path / "k").write_bytes(content)
        (tmp_path / "k").chmod(0o600)
        with pytest.raises(ProofError, match="no key") as error:
            keys.load(tmp_path / "k")
        assert "secret words" not in str(error.value)
    with pytest.raises(UsageError, match="cannot sign as"):
        keys.create(tmp_path / "other", "with space")


def test_a_rotated_key_signs_on_and_the_old_one_no_more(desk: Desk, tmp_path: Path) -> None:
    first = sign(desk, NOW)
    old = keys.load(desk.key)
    shutil.copy2(desk.key, tmp_path / "stolen")
    new = rotate(desk.ledger, desk.key, NOW)
    assert keys.load(desk.key) == new
    second = sign(desk, NOW)
    assert (second.size, second.signed_by(new.verifier), second.signed_by(old.verifier)) == (301, True, False)
    desk.tiles.consistency(first.checkpoint, second.checkpoint)
    [rotation] = rotations(desk.ledger, ORIGIN)
    assert (rotation.position, rotation.old, rotation.new) == (301, old.verifier, new.verifier)
    with pytest.raises(ProofError, match="not the one that the log is signed with"):
        sign(Desk(desk.ledger, tmp_path / "stolen", desk.folder), NOW, first)


def test_a_rotation_that_was_broken_off_is_finished(desk: Desk) -> None:
    sign(desk, NOW)
    shutil.copy2(desk.key, desk.key.with_name("kept"))
    new = rotate(desk.ledger, desk.key, NOW)
    desk.key.replace(desk.key.with_name("archive.key.next"))
    desk.key.with_name("kept").replace(desk.key)
    assert rotate(desk.ledger, desk.key, NOW) == new
    assert len(rotations(desk.ledger, ORIGIN)) == 1
    assert sign(desk, NOW).signed_by(new.verifier)


def test_a_rotation_signed_by_another_is_none() -> None:
    old, new, other = (Signer(ORIGIN, 1, bytes([n]) * 32) for n in range(3))
    event = KeyRotated(ORIGIN, str(new.verifier), str(old.verifier), "AAAA")
    no_base64 = KeyRotated(ORIGIN, str(other.verifier), str(old.verifier), "*")
    elsewhere = KeyRotated("elsewhere", str(new.verifier), str(old.verifier), "")
    for wrong in (event, no_base64, elsewhere):
        with pytest.raises(ProofError):
            read_rotation(9, wrong)


def test_what_witnesses_give_comes_with_the_checkpoint(desk: Desk, engine: Engine) -> None:
    signed = sign(desk, NOW)
    witness = Signer("witness.example", COSIGNATURE, bytes(32))
    line = witness.sign(signed.checkpoint.text(), 1_700_000_000)
    with writing(engine) as connection:
        row = {"size": 300, "kind": "cosignature", "name": "witness.example", "body": str(line).encode()}
        connection.execute(anchors.insert().values(**row, received_at=iso(NOW)))
    found = sign(desk, NOW)
    assert found.signed_by(witness.verifier)
    assert latest_published(desk.folder) == found == parse_checkpoint(str(found.note))


REFUSED = (
    "UPDATE checkpoints SET signed_at = signed_at",
    "DELETE FROM checkpoints",
    "INSERT INTO checkpoints SELECT 299, origin, root, key, signed_at, note FROM checkpoints",
    "DELETE FROM anchors",
    "UPDATE anchors SET name = 'x'",
)
REFUSED_HERE = {
    "sqlite": (
        "REPLACE INTO checkpoints SELECT size, 'x', root, key, signed_at, note FROM checkpoints",
        "REPLACE INTO anchors SELECT size, kind, name, 'x', body FROM anchors",
    ),
    "postgresql": ("TRUNCATE checkpoints CASCADE", "TRUNCATE anchors"),
}


def test_the_database_keeps_what_was_signed(desk: Desk, engine: Engine) -> None:
    sign(desk, NOW)
    with writing(engine) as connection:
        row = {"size": 300, "kind": "timestamp", "name": "tsa", "body": b"x"}
        connection.execute(anchors.insert().values(**row, received_at=iso(NOW)))
    for attempt in (*REFUSED, *REFUSED_HERE[engine.dialect.name]):
        with pytest.raises(DBAPIError, match="recorded"), writing(engine) as connection:
            connection.execute(text(attempt))


def test_an_event_too_long_to_be_published_is_refused_before_it_is_in_the_log(ledger: Ledger) -> None:
    with pytest.raises(LogError, match="too long for the log"):
        ledger.append([Draft(ActorRegistered("person:x", "x" * 66_000, "person"))], {}, NOW)
    ledger.append([Draft(ActorRegistered("person:x", "x" * 65_000, "person"))], {}, NOW)
    assert ledger.size() == 1
