"""Whatever is forged is found, and under its own code: each case with its exact verdict.

The first half does not depend on how a database stores things, and runs on both; each case says which
codes it must give, and at which position, if the audit can tell one.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from archive.audit import Report, Verdict
from archive.ledger.checkpoint import Signed
from archive.ledger.events import ActorRegistered, KeyRotated, PartErased
from archive.ledger.note import COSIGNATURE, Note, Signer
from archive.ledger.rotation import rotate, rotation_text
from tests.audit.forger import NOW, ORIGIN, STRANGER, Forger, actors

Outcome: TypeAlias = tuple[Report, set[tuple[str, int | None]]]
Case = Callable[[Forger], Outcome]
CASES: dict[str, Case] = {}


def case(function: Case) -> Case:
    CASES[function.__name__] = function
    return function


@case
def edited_header(forger: Forger) -> Outcome:
    forger.run("UPDATE events SET header = :header WHERE position = 30", header=b'{"at":"never"}')
    return forger.audit(), {
        ("leaf.differs", 30),
        ("header.unreadable", 30),
        ("head.differs", None),
        ("tile.differs", 30),
    }


@case
def edited_text(forger: Forger) -> Outcome:
    position = forger.position("article.captured.v1")
    forger.run(f"UPDATE parts SET body = salt WHERE position = {position} AND name = 'text'")
    return forger.audit(), {("part.differs", position)}


@case
def edited_text_with_commitment_and_leaf(forger: Forger) -> Outcome:
    position = forger.change_text(b"The toll goes.")
    return forger.audit(), {("head.differs", None), ("tile.differs", position), ("checkpoint.root", forger.pin.size)}


@case
def edited_text_with_the_whole_tree(forger: Forger) -> Outcome:
    position = forger.change_text(b"The toll goes.")
    forger.rechain()
    return forger.audit(), {("tile.differs", position), ("checkpoint.root", forger.pin.size)}


@case
def two_events_swapped(forger: Forger) -> Outcome:
    forger.run(
        "UPDATE events SET position = -1 WHERE position = 100",
        "UPDATE events SET position = 100 WHERE position = 101",
        "UPDATE events SET position = 101 WHERE position = -1",
    )
    return forger.audit(), {("head.differs", None), ("tile.differs", 100), ("checkpoint.root", forger.pin.size)}


@case
def middle_event_deleted(forger: Forger) -> Outcome:
    forger.run("DELETE FROM events WHERE position = 100")
    return forger.audit(), {("position.gap", 100), ("head.differs", None), ("checkpoint.beyond", None)}


@case
def last_event_deleted(forger: Forger) -> Outcome:
    forger.run("DELETE FROM events WHERE position = (SELECT max(position) FROM events)")
    return forger.audit(), {("head.differs", None), ("checkpoint.beyond", None)}


@case
def last_event_deleted_and_the_head_set_back(forger: Forger) -> Outcome:
    forger.run("DELETE FROM events WHERE position = (SELECT max(position) FROM events)")
    forger.rechain()
    return forger.audit(), {("checkpoint.beyond", None)}


@case
def all_rechained_and_signed_with_another_key(forger: Forger) -> Outcome:
    forger.change_text(b"The toll goes.")
    forger.resign(STRANGER)
    return forger.audit(), {("checkpoint.key", forger.pin.size)}


@case
def all_rechained_and_signed_with_our_key_and_an_older_checkpoint_kept(
    forger: Forger,
) -> Outcome:
    forger.change_text(b"The toll goes.")
    forger.resign(forger.signer)
    return forger.audit(forger.pin), {("checkpoint.root", forger.pin.size)}


@case
def fork_of_equal_size(forger: Forger) -> Outcome:
    kept = forger.published
    forger.change(kept.size, lambda header: header["data"].update(name="Somebody Else"))
    forger.resign(forger.signer)
    return forger.audit(kept), {("checkpoint.root", kept.size)}


@case
def rolled_back_with_a_later_checkpoint_kept(forger: Forger) -> Outcome:
    kept = forger.published
    roll_back(forger)
    return forger.audit(kept), {("checkpoint.beyond", kept.size)}


@case
def rolled_back_but_for_the_published_folder(forger: Forger) -> Outcome:
    folder = forger.desk.folder
    shutil.copytree(folder, folder.with_name("kept"))
    roll_back(forger)
    shutil.rmtree(folder)
    folder.with_name("kept").rename(folder)
    return forger.audit(), {("checkpoint.beyond", None)}


@case
def time_altered_in_its_column(forger: Forger) -> Outcome:
    forger.run("UPDATE events SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 9")
    return forger.audit(), {("row.differs", 9)}


@case
def time_altered_in_the_header(forger: Forger) -> Outcome:
    forger.change(9, lambda header: header.update(at="2020-01-01T00:00:00.000000Z"))
    forger.resign(forger.signer)
    return forger.audit(), {("time.decreasing", 9)}


@case
def time_that_is_none(forger: Forger) -> Outcome:
    header = forger.header(9)
    forger.set_header(9, str(header).replace("'", '"').replace(header["at"], "yesterday").encode())
    return forger.audit(), {("time.malformed", 9), ("header.canonical", 9), ("row.differs", 9)}


@case
def duplicate_replayed(forger: Forger) -> Outcome:
    header = forger.header(200)
    forger.forge(ActorRegistered("person:x", "X", "person"))
    last = forger.desk.ledger.size()
    forger.loosen()
    forger.change(last, lambda new: new.update({k: header[k] for k in ("id", "data", "stream", "version")}))
    return forger.audit(), {("event.duplicate", last)}


@case
def part_removed_without_an_event(forger: Forger) -> Outcome:
    position = forger.position("statement.recorded.v1")
    forger.run(f"DELETE FROM parts WHERE position = {position}")
    return forger.audit(), {("part.missing", position)}


@case
def salt_changed(forger: Forger) -> Outcome:
    position = forger.position("statement.recorded.v1")
    forger.run(f"UPDATE parts SET salt = body WHERE position = {position}")
    return forger.audit(), {("part.differs", position)}


@case
def part_added_to_an_event(forger: Forger) -> Outcome:
    forger.run("INSERT INTO parts SELECT 200, 'words', salt, body FROM parts WHERE name = 'words' LIMIT 1")
    return forger.audit(), {("part.unknown", 200)}


@case
def text_kept_though_an_event_says_it_was_erased(forger: Forger) -> Outcome:
    position = forger.position("statement.recorded.v1")
    forger.forge(PartErased(position, "words", "court order", "R. Voss"))
    forger.sign()
    return forger.audit(), {("part.kept", position)}


@case
def whitespace_added_in_a_header(forger: Forger) -> Outcome:
    header = bytes(forger.rows()[59]["header"])
    forger.set_header(60, header.replace(b'":"', b'": "', 1))
    return forger.audit(), {("header.canonical", 60), ("tile.differs", 60)}


@case
def keys_of_a_header_in_another_order(forger: Forger) -> Outcome:
    header = bytes(forger.rows()[59]["header"])
    version = b',"version":1}'
    assert header.endswith(version)
    forger.set_header(60, b'{"version":1,' + header[1 : -len(version)] + b"}")
    forger.rechain()
    return forger.audit(), {("header.canonical", 60)}


@case
def a_number_beyond_what_json_readers_agree_on(forger: Forger) -> Outcome:
    position = forger.position("article.captured.v1")
    chars = forger.header(position)["data"]["chars"]
    header = bytes(forger.rows()[position - 1]["header"])
    forger.set_header(position, header.replace(b'"chars":%d' % chars, b'"chars":%d' % 2**53))
    return forger.audit(), {("header.canonical", position)}


@case
def a_fraction_in_a_header(forger: Forger) -> Outcome:
    header = bytes(forger.rows()[59]["header"])
    forger.set_header(60, header.replace(b'"version":1', b'"version":1.0'))
    return forger.audit(), {("header.canonical", 60)}


@case
def a_header_that_is_no_json(forger: Forger) -> Outcome:
    forger.set_header(60, b"\xff\x00 nothing")
    return forger.audit(), {("header.unreadable", 60)}


@case
def an_event_of_an_unknown_type(forger: Forger) -> Outcome:
    forger.change(60, lambda header: header.update(type="actor.crowned.v1"))
    return forger.audit(), {("header.unknown", 60)}


@case
def another_id(forger: Forger) -> Outcome:
    forger.change(60, lambda header: header.update(id="0" * 32))
    forger.resign(forger.signer)
    return forger.audit(), {("event.id", 60)}


@case
def another_stream(forger: Forger) -> Outcome:
    forger.change(60, lambda header: header.update(stream="actor:somebody"))
    forger.resign(forger.signer)
    return forger.audit(), {("event.stream", 60)}


@case
def another_version(forger: Forger) -> Outcome:
    forger.change(60, lambda header: header.update(version=7))
    forger.resign(forger.signer)
    return forger.audit(), {("stream.gap", 60), ("event.id", 60)}


@case
def columns_that_say_something_else(forger: Forger) -> Outcome:
    forger.run("UPDATE events SET type = 'topic.retired.v1', id = 'x' WHERE position = 60")
    return forger.audit(), {("row.differs", 60)}


@case
def another_leaf_hash(forger: Forger) -> Outcome:
    forger.run("UPDATE events SET leaf_hash = header WHERE position = 60")
    return forger.audit(), {("leaf.differs", 60)}


@case
def another_frontier(forger: Forger) -> Outcome:
    forger.run("UPDATE log_head SET frontier = (SELECT leaf_hash FROM events WHERE position = 1)")
    return forger.audit(), {("head.differs", None)}


@case
def no_head(forger: Forger) -> Outcome:
    forger.run("DELETE FROM log_head")
    return forger.audit(), {("head.missing", None)}


@case
def a_checkpoint_that_differs_from_its_columns(forger: Forger) -> Outcome:
    forger.run("UPDATE checkpoints SET root = (SELECT leaf_hash FROM events WHERE position = 1) WHERE size > 300")
    return forger.audit(), {("checkpoint.unreadable", forger.desk.ledger.size())}


@case
def a_checkpoint_that_is_none(forger: Forger) -> Outcome:
    forger.run(f"UPDATE checkpoints SET note = root WHERE size = {forger.pin.size}")
    return forger.audit(), {("checkpoint.unreadable", forger.pin.size)}


@case
def a_checkpoint_whose_signature_is_of_another_text(forger: Forger) -> Outcome:
    text = forger.pin.note.text
    note = Note(text, (forger.signer.sign(text + "more\n"),))
    forger.run(f"UPDATE checkpoints SET note = :note WHERE size = {forger.pin.size}", note=str(note).encode())
    return forger.audit(), {("checkpoint.signature", forger.pin.size)}


@case
def a_checkpoint_of_another_log(forger: Forger) -> Outcome:
    other = Signer("elsewhere.example", 1, bytes(32))
    state = replace(forger.pin.checkpoint, origin=other.name)
    kept = Signed(state, Note(state.text(), (other.sign(state.text()),)))
    return forger.audit(kept), {("checkpoint.origin", kept.size)}


@case
def a_kept_checkpoint_without_the_keys_signature(forger: Forger) -> Outcome:
    kept = Signed(forger.pin.checkpoint, Note(forger.pin.note.text, (STRANGER.sign(forger.pin.note.text),)))
    return forger.audit(kept), {("checkpoint.key", kept.size)}


@case
def checkpoints_signed_in_no_order(forger: Forger) -> Outcome:
    forger.run(f"UPDATE checkpoints SET signed_at = '2030-01-01T00:00:00Z' WHERE size = {forger.pin.size}")
    return forger.audit(), {("checkpoint.time", forger.desk.ledger.size())}


@case
def a_rotation_that_the_old_key_did_not_sign(forger: Forger) -> Outcome:
    forger.forge(KeyRotated(ORIGIN, str(STRANGER.verifier), str(forger.signer.verifier), "AAAA"))
    last = forger.desk.ledger.size()
    forger.resign(STRANGER)
    return forger.audit(), {("key.rotation", last), ("checkpoint.key", forger.pin.size)}


@case
def a_predecessor_invented_for_our_key(forger: Forger) -> Outcome:
    text = rotation_text(ORIGIN, str(forger.signer.verifier))
    signature = base64.b64encode(STRANGER.sign(text).value).decode()
    forger.forge(KeyRotated(ORIGIN, str(forger.signer.verifier), str(STRANGER.verifier), signature))
    forger.resign(STRANGER)
    return forger.audit(), {("checkpoint.key", forger.pin.size)}


@case
def a_retired_key_that_signs_on(forger: Forger) -> Outcome:
    old = forger.signer
    rotate(forger.desk.ledger, forger.desk.key, NOW)
    forger.resign(old)
    return forger.audit(), {("checkpoint.key", forger.desk.ledger.size())}


@case
def tile_corrupted(forger: Forger) -> Outcome:
    file = forger.desk.folder / "tile/0/000"
    file.write_bytes(file.read_bytes()[:320] + bytes(32) + file.read_bytes()[352:])
    return forger.audit(), {("tile.differs", 11)}


@case
def tile_of_the_second_level_corrupted(forger: Forger) -> Outcome:
    (forger.desk.folder / "tile/1/000.p/1").write_bytes(bytes(32))
    return forger.audit(), {("tile.differs", 1)}


@case
def tile_removed(forger: Forger) -> Outcome:
    (forger.desk.folder / "tile/0/000").unlink()
    return forger.audit(), {("tile.missing", 1)}


@case
def entries_corrupted(forger: Forger) -> Outcome:
    file = forger.desk.folder / "tile/entries/000"
    file.write_bytes(file.read_bytes().replace(b"Person 1", b"Person 2", 1))
    return forger.audit(), {("entries.differ", 1)}


@case
def table_of_texts_dropped(forger: Forger) -> Outcome:
    forger.run("DROP TABLE parts")
    return forger.audit(), {("table.unreadable", None), ("part.missing", forger.position("article.captured.v1"))}


@case
def table_of_checkpoints_dropped(forger: Forger) -> Outcome:
    forger.run("DROP TABLE anchors", "DROP TABLE checkpoints")
    return forger.audit(), {("table.unreadable", None)}


def roll_back(forger: Forger) -> None:
    """The whole archive as it was when the older checkpoint was signed, published folder and all."""
    size = forger.pin.size
    forger.run(
        f"DELETE FROM parts WHERE position > {size}",
        f"DELETE FROM checkpoints WHERE size > {size}",
        f"DELETE FROM events WHERE position > {size}",
    )
    forger.resign(forger.signer)


@pytest.mark.parametrize("forger_on_either", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("name", CASES)
def test_a_forgery_fails_under_its_code(name: str, forger_on_either: Forger) -> None:
    assert forger_on_either.audit().verdict is Verdict.PASS
    report, expected = CASES[name](forger_on_either)
    assert report.verdict is Verdict.FAIL
    found = {(one.code, one.position) for one in report.findings}
    anywhere = {(one.code, None) for one in report.findings}
    assert expected <= found | anywhere, found


def rewrite(forger: Forger) -> None:
    """Another text, and everything that follows from it signed anew by the operator's own key."""
    forger.change_text(b"The toll goes.")
    forger.resign(forger.signer)


NOT_TOLD_WITHOUT_A_CHECKPOINT_KEPT_ELSEWHERE = {"rewritten": rewrite, "rolled back with everything": roll_back}


@pytest.mark.parametrize("what", NOT_TOLD_WITHOUT_A_CHECKPOINT_KEPT_ELSEWHERE)
def test_what_no_audit_can_tell_without_a_checkpoint_kept_elsewhere(what: str, forger: Forger) -> None:
    NOT_TOLD_WITHOUT_A_CHECKPOINT_KEPT_ELSEWHERE[what](forger)
    assert forger.audit().verdict is Verdict.PASS


def test_a_sound_archive_passes_with_and_without_a_kept_checkpoint(forger: Forger) -> None:
    assert forger.audit(projections=True).verdict is Verdict.PASS
    report = forger.audit(forger.pin)
    assert (report.verdict, report.covered, report.findings) == (Verdict.PASS, report.events, ())


@pytest.mark.parametrize("trusted", ["old", "new"])
def test_a_rotated_key_passes_whichever_of_the_two_the_auditor_has(forger: Forger, trusted: str) -> None:
    signers = {"old": forger.signer, "new": rotate(forger.desk.ledger, forger.desk.key, NOW)}
    forger.sign()
    report = forger.audit(forger.pin, trusted=signers[trusted])
    assert (report.verdict, report.covered) == (Verdict.PASS, report.events)


def test_a_logged_erasure_passes_as_redacted(forger: Forger) -> None:
    position = forger.position("statement.recorded.v1")
    forger.forge(PartErased(position, "words", "court order", "R. Voss"))
    forger.run(f"DELETE FROM parts WHERE position = {position} AND name = 'words'")
    forger.sign()
    report = forger.audit(forger.pin)
    assert report.verdict is Verdict.PASS_REDACTED
    assert [(one.code, one.position) for one in report.findings] == [("part.erased", position)]


def test_events_that_no_checkpoint_covers_yet_are_a_warning(forger: Forger) -> None:
    size = forger.desk.ledger.size()
    forger.desk.ledger.append(actors(900, 3), {}, NOW)
    report = forger.audit()
    assert report.verdict is Verdict.WARN
    assert [(one.code, one.position) for one in report.findings] == [("log.tail", size + 1)]


def test_a_witness_that_did_not_co_sign_is_a_warning_and_one_that_forged_a_failure(forger: Forger) -> None:
    witness, file = Signer("witness.example", COSIGNATURE, bytes(32)), forger.desk.folder / "checkpoint"
    text = forger.published.note.text
    for line, verdict, codes in (
        (None, Verdict.WARN, {"checkpoint.uncosigned"}),
        (witness.sign("another\n", 1), Verdict.FAIL, {"checkpoint.signature"}),
        (witness.sign(text, 1), Verdict.PASS, set()),
    ):
        note = Note(text, (forger.signer.sign(text),)).and_lines([line] if line else [])
        file.write_text(str(note), "utf-8")
        report = forger.audit(witness=witness)
        assert (report.verdict, set(report.counts)) == (verdict, codes)


def test_a_log_that_was_never_signed_is_a_warning(forger: Forger) -> None:
    forger.run("DELETE FROM checkpoints")
    shutil.rmtree(forger.desk.folder)
    report = forger.audit()
    assert (report.verdict, report.counts) == (Verdict.WARN, {"log.unanchored": 1})


def test_rows_of_a_projection_that_were_altered_are_found(forger: Forger) -> None:
    forger.run("UPDATE stance_rows SET stance = 'support'")
    assert forger.audit().verdict is Verdict.PASS
    report = forger.audit(projections=True)
    assert (report.verdict, report.counts) == (Verdict.FAIL, {"projection.drift": 1})
    assert "stance_rows" in report.findings[0].what
