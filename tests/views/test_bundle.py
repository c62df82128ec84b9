"""Evidence that stands on its own: a bundle is verified elsewhere, and whatever is done to it is named."""

from __future__ import annotations

import ast
import base64
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from archive import erasure
from archive.bundle import bundle
from archive.errors import ProjectionError, UsageError
from archive.ledger import keys, merkle, offline
from archive.ledger.checkpoint import Proof
from archive.ledger.engine import reading, writing
from archive.ledger.note import COSIGNATURE, Note, Signer
from archive.ledger.signing import Desk, latest_published, sign
from archive.ledger.store import Ledger
from archive.model import iso
from archive.views import catch_up
from tests.views.conftest import fresh
from tests.views.example import harbour_toll
from tests.views.histories import ACTORS, START, TOPICS, Move, Writer, moves, play

ORIGIN = "log.example/toll"
Files = dict[str, bytes]
Tamper = Callable[[Files], None]


@pytest.fixture
def desk(ledger: Ledger, tmp_path: Path) -> Desk:
    """The harbour toll of Norland, signed."""
    keys.create(tmp_path / "archive.key", ORIGIN)
    harbour_toll(ledger)
    catch_up(ledger.engine, ledger)
    desk = Desk(ledger, tmp_path / "archive.key", tmp_path / "published")
    sign(desk, START)
    return desk


def key(desk: Desk) -> str:
    return str(keys.load(desk.key).verifier)


@pytest.fixture
def made(desk: Desk, tmp_path: Path) -> Path:
    """The evidence on Mara Lind and the harbour toll."""
    file = tmp_path / "lind.zip"
    file.write_bytes(bundle(desk, "mara-lind", "harbour-toll"))
    return file


def opened(file: Path) -> Files:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files, file: Path) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file


def verdict(capsys: pytest.CaptureFixture[str], file: Path, *args: str) -> tuple[int, list[str]]:
    """The exit code, and the lines that were printed."""
    code = offline.main([str(file), *args])
    return code, capsys.readouterr().out.splitlines()


def test_a_bundle_is_verified_in_an_empty_environment(desk: Desk, made: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "verify.py").write_bytes(opened(made)["verify.py"])
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", str(made), "--key", key(desk)],
        cwd=elsewhere, env={}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "PASS", "")


def test_the_same_log_gives_the_same_bytes(desk: Desk, made: Path) -> None:
    assert bundle(desk, "mara-lind", "harbour-toll") == made.read_bytes()


def test_it_tells_what_the_archive_tells(desk: Desk, made: Path) -> None:
    told = json.loads(opened(made)["projection.json"])
    query = (
        "SELECT stance, valid_from, valid_to, statement FROM stance_history "
        "WHERE actor = 'mara-lind' AND known_to IS NULL"
    )
    with reading(desk.ledger.engine) as connection:
        rows = connection.execute(text(f"{query} ORDER BY valid_from")).all()
    live = [tuple(iso(one) if hasattr(one, "isoformat") else one for one in row) for row in rows]
    assert [(one["stance"], one["valid_from"], one["valid_to"], one["statement"]) for one in told["stances"]] == live
    quotes = {row["statement"]: row["quote"] for row in told["statements"]}
    assert quotes["s-1"] == ["The toll stays"]
    page = opened(made)["report.html"].decode()
    assert "The toll stays" in page
    assert "<script" not in page


def test_an_earlier_position_is_shown_to_be_a_part_of_the_signed_log(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "then.zip"
    file.write_bytes(bundle(desk, "mara-lind", "harbour-toll", 13))
    told = json.loads(opened(file)["projection.json"])
    assert (told["known_at"], [row["statement"] for row in told["statements"]]) == (13, ["s-1"])
    assert verdict(capsys, file, "--key", key(desk))[0] == 0
    for position in (0, 5):
        with pytest.raises(UsageError):
            bundle(desk, "nobody", "harbour-toll", position or None)


def edited(name: str, old: bytes, new: bytes) -> Tamper:
    def tamper(files: Files) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new, 1)

    return tamper


def gone(name: str) -> Tamper:
    def tamper(files: Files) -> None:
        del files[next(one for one in files if one.startswith(name))]

    return tamper


def without_statement(files: Files) -> None:
    """Leave a statement out of everything that is read, but for the headers."""
    told = json.loads(files["projection.json"])
    lost = told["statements"].pop()
    told["stances"] = [row for row in told["stances"] if row["statement"] != lost["statement"]]
    files["projection.json"] = json.dumps(told).encode()
    del files[f"events/{lost['position']}.tlog-proof"]


def without_header(files: Files) -> None:
    lines = files["headers.jsonl"].splitlines(keepends=True)
    files["headers.jsonl"] = b"".join(lines[:4] + lines[5:])


def swapped(files: Files) -> None:
    lines = files["headers.jsonl"].splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    files["headers.jsonl"] = b"".join(lines)


def with_another_salt(files: Files) -> None:
    parts = [json.loads(line) for line in files["parts.jsonl"].splitlines()]
    parts[0]["salt"] = "00" * 32
    files["parts.jsonl"] = b"".join(json.dumps(part).encode() + b"\n" for part in parts)


def without_signatures(files: Files) -> None:
    body = files["checkpoint"].decode().rsplit("\n\n", 1)[0]
    other = Signer("other.example", 1, bytes(32))
    note = str(Note(f"{body}\n", (other.sign(f"{body}\n"),))).encode()
    _replace_checkpoint(files, note)


def _replace_checkpoint(files: Files, note: bytes) -> None:
    old = files["checkpoint"]
    files["checkpoint"] = note
    for name, data in files.items():
        if name.startswith("events/"):
            files[name] = data.replace(old, note)


def resigned(files: Files) -> None:
    """A log that was forged from the start, signed under the same name by another key."""
    body = files["checkpoint"].decode().rsplit("\n\n", 1)[0]
    signer = Signer(ORIGIN, 1, bytes(32))
    _replace_checkpoint(files, str(Note(f"{body}\n", (signer.sign(f"{body}\n"),))).encode())


def with_root(files: Files) -> None:
    body, lines = files["checkpoint"].decode().rsplit("\n\n", 1)
    origin, size, _ = body.split("\n")
    root = base64.b64encode(bytes(32)).decode()
    _replace_checkpoint(files, f"{origin}\n{size}\n{root}\n\n{lines}".encode())


def with_unrelated_event(files: Files) -> None:
    files["events/1.tlog-proof"] = next(data for name, data in files.items() if name.startswith("events/"))


TAMPERS: dict[str, tuple[Tamper, set[str]]] = {
    "a header is edited": (edited("headers.jsonl", b"oppose", b"oppost"), {"headers.root"}),
    "a space is added in a header": (edited("headers.jsonl", b'"at":"', b'"at": "'),
        {"header.not_canonical", "headers.root"}),
    "a number is made a fraction": (edited("headers.jsonl", b'"version":1}', b'"version":1.0}'),
        {"header.not_canonical", "headers.root"}),
    "a header is left out": (without_header, {"headers.count", "header.order"}),
    "two headers are swapped": (swapped, {"headers.root", "header.order"}),
    "the headers end early": (lambda files: files.update({"headers.jsonl": b""}), {"headers.count"}),
    "a text is edited": (edited("parts.jsonl", b"The toll stays", b"The toll goes"),
        {"part.commitment", "words.differ"}),
    "a salt is changed": (with_another_salt, {"part.commitment"}),
    "a text is left out": (lambda files: files.update({"parts.jsonl": b""}),
        {"part.missing", "projection.differs", "report.differs"}),
    "a statement is left out": (without_statement, {"completeness.left_out", "projection.differs"}),
    "an event is left out": (gone("events/"), {"completeness.left_out"}),
    "an event is put in": (with_unrelated_event, {"proof.foreign"}),
    "the page is edited": (edited("report.html", b"The toll stays", b"The toll goes"), {"report.differs"}),
    "the instructions are edited": (edited("README.txt", b"--key KEY", b"--key NONE"), {"report.differs"}),
    "a stance is edited": (edited("projection.json", b'"oppose"', b'"support"'), {"projection.differs"}),
    "the origin is foreign": (edited("checkpoint", ORIGIN.encode(), b"log.example/fish"),
        {"note.origin", "note.signature_bad", "proof.foreign", "completeness.left_out", "report.differs"}),
    "the signatures are stripped": (without_signatures, {"note.signature_missing", "report.differs"}),
    "another key has signed": (resigned, {"note.signature_missing", "report.differs"}),
    "the root is changed": (with_root, {"note.signature_bad", "headers.root"}),
    "the checkpoint is no note": (lambda files: files.update(checkpoint=b"hello"), {"note.malformed"}),
    "a file is missing": (gone("prefix.json"), {"bundle.members"}),
    "a file is added": (lambda files: files.update({"evil.py": b""}), {"bundle.members"}),
    "a proof is nonsense": (lambda files: files.update({"events/1.tlog-proof": b"nonsense"}), {"proof.malformed"}),
    "the projection is nonsense": (lambda files: files.update({"projection.json": b"[1]"}), {"bundle.malformed"}),
    "a part is of a wrong type": (lambda files: files.update({"parts.jsonl": b'{"position": {}}\n'}),
        {"part.malformed"}),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERS)
def test_whatever_is_done_to_a_bundle_is_named(
    name: str, sqlite_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tamper, codes = TAMPERS[name]
    files = opened(_lind(sqlite_desk, tmp_path))
    tamper(files)
    code, lines = verdict(capsys, packed(files, tmp_path / "tampered.zip"), "--key", key(sqlite_desk))
    assert (code, lines[0]) == (1, "FAIL")
    assert {line.split()[0] for line in lines[1:]} == codes


def test_what_a_forger_writes_neither_breaks_the_lines_nor_speaks_to_the_terminal(
    sqlite_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = opened(_lind(sqlite_desk, tmp_path))
    part = json.loads(files["parts.jsonl"].splitlines()[0]) | {"position": "\x1b[2J\nPASS ’\ud800"}
    files["parts.jsonl"] = json.dumps(part).encode() + b"\n"
    file = packed(files, tmp_path / "forged.zip")
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, "ascii", write_through=True))
    assert offline.main([str(file), "--key", key(sqlite_desk)]) == 1
    first, second, *_ = shown.getvalue().decode().splitlines()
    assert first == "FAIL"
    assert "\\x1b[2J\\nPASS \\u2019\\ud800" in second


def test_another_program_in_the_bundle_is_told(
    sqlite_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = opened(_lind(sqlite_desk, tmp_path)) | {"verify.py": b"print('PASS')"}
    code, lines = verdict(capsys, packed(files, tmp_path / "forged.zip"), "--key", key(sqlite_desk))
    assert (code, lines[0]) == (0, "PASS")
    assert "not this program" in lines[-1]


@pytest.fixture(scope="module")
def sealed(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Files, str]:
    """The files of one bundle, and the key."""
    folder = tmp_path_factory.mktemp("sealed")
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        harbour_toll(ledger)
        catch_up(engine, ledger)
        keys.create(folder / "archive.key", ORIGIN)
        desk = Desk(ledger, folder / "archive.key", folder / "published")
        sign(desk, START)
        return opened(_lind(desk, folder)), key(desk)


def meaning(name: str, data: bytes) -> object:
    """What a file says: of JSON its value, whatever the blanks in it; of others the bytes."""
    try:
        if name.endswith(".json"):
            return json.loads(data)
        if name == "parts.jsonl":
            return [json.loads(line) for line in data.split(b"\n")[:-1]], data.split(b"\n")[-1]
    except (ValueError, RecursionError):
        pass
    return data


@given(data=st.data())
@settings(max_examples=40)
def test_whatever_the_bytes_there_is_a_verdict_and_no_change_passes(
    sealed: tuple[Files, str], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files, public = dict(sealed[0]), sealed[1]
    name = data.draw(st.sampled_from(sorted(files.keys() - {"verify.py"})))
    at = data.draw(st.integers(0, len(files[name]) - 1))
    put = data.draw(st.one_of(st.binary(max_size=3), st.just(b"\n"), st.just(b"[" * 5000)))
    changed = files[name][:at] + put + files[name][at + len(put) :]
    files[name] = changed
    file = packed(files, tmp_path_factory.mktemp("fuzz") / "fuzz.zip")
    run = offline.verify(file, offline.parse_key(public), None, (), None)
    assert run.verdict() == ("PASS" if meaning(name, changed) == meaning(name, sealed[0][name]) else "FAIL")


@pytest.fixture
def sqlite_desk(empty: Path, tmp_path: Path) -> object:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        harbour_toll(ledger)
        catch_up(engine, ledger)
        keys.create(tmp_path / "archive.key", ORIGIN)
        desk = Desk(ledger, tmp_path / "archive.key", tmp_path / "published")
        sign(desk, START)
        yield desk


def _lind(desk: Desk, folder: Path) -> Path:
    file = folder / "lind.zip"
    file.write_bytes(bundle(desk, "mara-lind", "harbour-toll"))
    return file


def test_an_event_that_does_not_matter_is_named(
    sqlite_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = opened(_lind(sqlite_desk, tmp_path))
    signed = latest_published(sqlite_desk.folder)
    assert signed
    path = sqlite_desk.tiles.inclusion(0, signed.checkpoint)
    header = files["headers.jsonl"].splitlines()[0]
    files["events/1.tlog-proof"] = str(Proof(0, tuple(path), signed, header)).encode()
    code, lines = verdict(capsys, packed(files, tmp_path / "more.zip"), "--key", key(sqlite_desk))
    assert (code, lines[1].split()[:3]) == (1, ["event.unrelated", "position", "1:"])


def test_a_truncated_bundle_fails_and_one_packed_again_passes(
    sqlite_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = _lind(sqlite_desk, tmp_path)
    args = ("--key", key(sqlite_desk))
    again = packed(opened(made), tmp_path / "again.zip")
    assert again.read_bytes() != made.read_bytes()
    assert verdict(capsys, again, *args)[1][0] == "PASS"
    data = made.read_bytes()
    for end in (0, 10, len(data) // 2, len(data) - 1):
        (tmp_path / "cut.zip").write_bytes(data[:end])
        code, lines = verdict(capsys, tmp_path / "cut.zip", *args)
        assert (code, lines[0], lines[1].split()[0]) == (1, "FAIL", "bundle.unreadable")
    twice = io.BytesIO(data)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as archive:
        archive.writestr("checkpoint", b"another")
    (tmp_path / "twice.zip").write_bytes(twice.getvalue())
    assert verdict(capsys, tmp_path / "twice.zip", *args)[1][1].split()[0] == "bundle.members"


def test_keys_and_origin_come_from_the_auditor_alone(
    sqlite_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = _lind(sqlite_desk, tmp_path)
    other = str(Signer(ORIGIN, 1, bytes(32)).verifier)
    assert verdict(capsys, made, "--key", other)[1][1].split()[0] == "note.signature_missing"
    foreign = verdict(capsys, made, "--key", key(sqlite_desk), "--origin", "log.example/other")
    assert (foreign[0], foreign[1][1].split()[0]) == (1, "note.origin")
    (tmp_path / "key").write_text(f"{key(sqlite_desk)}\n")
    assert verdict(capsys, made, "--key", str(tmp_path / "key"))[0] == 0
    for args in (("--key", "nonsense"), ("--key", "a+00000000+AQ=="), ("--key", key(sqlite_desk)[:-4])):
        assert verdict(capsys, made, *args)[0] == 2
    assert verdict(capsys, tmp_path / "none.zip", "--key", key(sqlite_desk))[0] == 2


def test_witnesses_and_kept_checkpoints_are_checked_where_they_are_given(
    sqlite_desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made, args = _lind(sqlite_desk, tmp_path), ("--key", key(sqlite_desk))
    witness = Signer("witness.example", COSIGNATURE, bytes(range(32)))
    name = str(witness.verifier)
    assert verdict(capsys, made, *args, "--witness", name)[1][1].split()[0] == "note.witness_missing"
    files = opened(made)
    text_ = files["checkpoint"].decode().rsplit("\n\n", 1)[0] + "\n"
    _replace_checkpoint(files, files["checkpoint"] + str(witness.sign(text_, 1_700_000_000)).encode())
    files["report.html"] = offline.report(json.loads(files["projection.json"]), files["checkpoint"].decode()).encode()
    cosigned = packed(files, tmp_path / "cosigned.zip")
    assert verdict(capsys, cosigned, *args, "--witness", name) == (0, ["PASS"])
    kept = tmp_path / "kept"
    kept.write_bytes(opened(made)["checkpoint"])
    Writer(sqlite_desk.ledger, sqlite_desk.ledger.versions(["actor:late"])).actor("late", "Late")
    sign(sqlite_desk, START)
    later = _lind(sqlite_desk, tmp_path)
    assert verdict(capsys, later, *args, "--checkpoint", str(kept)) == (0, ["PASS"])
    signer = keys.load(sqlite_desk.key)
    size = int(text_.split("\n")[1])
    fork = f"{ORIGIN}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n"
    kept.write_text(str(Note(fork, (signer.sign(fork),))))
    assert verdict(capsys, later, *args, "--checkpoint", str(kept))[1][1].split()[0] == "checkpoint.fork"
    kept.write_text("nonsense")
    assert verdict(capsys, later, *args, "--checkpoint", str(kept))[0] == 2


@pytest.mark.parametrize("position", [None, 20])
def test_erased_and_hidden_texts_are_absent_and_the_log_says_why(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str], position: int | None
) -> None:
    ledger = desk.ledger
    found = erasure.find(ledger, "s-1")
    erasure.erase(ledger, found.places, found.words, reason="request", authority="Lind", by=None, now=START)
    erasure.hide(ledger, erasure.find(ledger, "s-5").places, reason="complaint", by="Editor", now=START)
    catch_up(ledger.engine, ledger)
    if position:
        with pytest.raises(UsageError, match="erased or hidden since the last checkpoint"):
            bundle(desk, "mara-lind", "harbour-toll", position)
    sign(desk, START)
    file = tmp_path / "redacted.zip"
    file.write_bytes(bundle(desk, "mara-lind", "harbour-toll", position))
    assert b"The toll stays" not in b"".join(
        opened(file)[name] for name in ("parts.jsonl", "projection.json", "report.html")
    )
    code, lines = verdict(capsys, file, "--key", key(desk))
    assert (code, lines[0]) == (3, "PASS_REDACTED")
    assert any(line.startswith("redacted") and "part.erased" in line for line in lines)


def test_what_does_not_follow_from_the_log_is_not_packed(desk: Desk) -> None:
    with writing(desk.ledger.engine) as connection:
        connection.execute(text("UPDATE stance_rows SET stance = 'support' WHERE actor = 'mara-lind'"))
    with pytest.raises(ProjectionError, match="archive rebuild --check"):
        bundle(desk, "mara-lind", "harbour-toll")


@given(history=st.lists(moves, max_size=30), actor=st.sampled_from(ACTORS), topic=st.sampled_from(TOPICS))
@settings(max_examples=30)
def test_the_verifier_derives_the_course_that_the_archive_derives(
    empty: Path, history: list[Move], actor: str, topic: str
) -> None:
    with fresh(empty) as engine:
        ledger = Ledger(engine)
        for _ in play(Writer(ledger), history):
            pass
        catch_up(engine, ledger)
        told = offline.tell(lambda: headers(engine), actor, topic)
        query = (
            "SELECT valid_from, valid_to, stance, statement, assessment FROM stance_rows "
            f"WHERE actor = '{told.actor}' AND topic = '{topic}' AND known_to IS NULL ORDER BY valid_from"
        )
        with reading(engine) as connection:
            assert [tuple(row.values()) for row in told.stances] == [tuple(r) for r in connection.execute(text(query))]


def headers(engine: Engine) -> list[bytes]:
    with reading(engine) as connection:
        return [bytes(one) for one in connection.execute(text("SELECT header FROM events ORDER BY position")).scalars()]


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=80), flip=st.integers(0, 511))
@settings(max_examples=15)
def test_its_ed25519_agrees_with_the_library(seed: bytes, message: bytes, flip: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert offline.ed25519_valid(public, message, signature)
    broken = bytearray(signature)
    broken[flip // 8] ^= 1 << flip % 8
    assert not offline.ed25519_valid(public, message, bytes(broken))
    assert not offline.ed25519_valid(public, message + b"x", signature)


def test_its_ed25519_passes_the_vectors_of_rfc_8032_and_refuses_a_second_spelling() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert offline.ed25519_valid(public, b"\x72", signature)
    same = int.from_bytes(signature[32:], "little") + offline.L
    assert not offline.ed25519_valid(public, b"\x72", signature[:32] + same.to_bytes(32, "little"))
    assert not offline.ed25519_valid(b"\xff" * 32, b"\x72", signature)
    assert not offline.ed25519_valid(public, b"\x72", signature[:63])


def test_its_proofs_agree_with_those_of_the_log() -> None:
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(41)]

    def root(size: int) -> bytes:
        return merkle.root(merkle.extend((), 0, leaves[:size]))

    def subtree(height: int, index: int) -> bytes:
        return merkle.root(merkle.extend((), 0, leaves[index << height : (index + 1) << height]))

    for size in range(1, 42):
        peaks: list[tuple[int, bytes]] = []
        for leaf in leaves[:size]:
            offline.push(peaks, leaf)
        assert offline.root_of(peaks) == root(size)
        for n in range(size):
            path = merkle.inclusion_proof(n, size, subtree)
            assert offline.included(leaves[n], n, size, path, root(size))
            assert not offline.included(leaves[n], n, size, [*path, bytes(32)], root(size))
            steps = merkle.consistency_proof(n + 1, size, subtree)
            assert offline.continues(n + 1, root(n + 1), size, root(size), steps)
            assert not offline.continues(n + 1, bytes(32), size, root(size), steps)


def test_it_needs_nothing_but_the_standard_library() -> None:
    source = Path(offline.__file__).read_text("utf-8")
    nodes = list(ast.walk(ast.parse(source)))
    imported = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module).split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names
