"""Checkpoints leave the house: witnesses over HTTP, a time-stamp authority, and what is published, as others see it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import text

from archive.anchoring import Checkpointer, anchor, sign_and_anchor
from archive.config import Settings
from archive.config import Witness as At
from archive.ledger import keys
from archive.ledger.checkpoint import parse_checkpoint
from archive.ledger.engine import connect, reading
from archive.ledger.migrate import upgrade
from archive.ledger.note import COSIGNATURE, Signer, parse_verifier
from archive.ledger.signing import Desk, latest_published
from archive.ledger.store import Ledger
from archive.ledger.tiles import unpack_entries
from archive.ledger.witness import Witness
from tests.audit.forger import ORIGIN, actors

NOW = datetime(2024, 4, 1, 12, tzinfo=UTC)
CLERK = Signer("witness.example/1", COSIGNATURE, bytes([2] * 32))
Respond = Callable[[str, bytes], tuple[int, str, bytes]]


@contextmanager
def server(respond: Respond) -> Iterator[str]:
    """An HTTP server of this process's own; where it is."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, kind, answer = respond(self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    engine = connect(f"sqlite:///{tmp_path / 'archive.db'}")
    upgrade(engine)
    ledger = Ledger(engine)
    ledger.append(actors(0, 10), {}, NOW)
    keys.create(tmp_path / "archive.key", ORIGIN)
    yield Desk(ledger, tmp_path / "archive.key", tmp_path / "published")
    engine.dispose()


@pytest.fixture
def clerk(desk: Desk, tmp_path: Path) -> Iterator[str]:
    """A witness of the desk's log; where it is."""
    witness = Witness(CLERK, [keys.load(desk.key).verifier], tmp_path / "clerk.json")

    def respond(path: str, body: bytes) -> tuple[int, str, bytes]:
        assert path == "/add-checkpoint"
        answer = witness.add_checkpoint(body, int(NOW.timestamp()))
        return answer.status, answer.type, answer.body.encode()

    with server(respond) as url:
        yield url


def with_(desk: Desk, *, timestamp: str | None = None, **witnesses: str) -> Settings:
    at = tuple(At(url, key) for key, url in witnesses.items())
    return Settings(database="", key=desk.key, publish=desk.folder, witnesses=at, timestamp=timestamp)


def test_each_checkpoint_is_co_signed_and_published_with_it(desk: Desk, clerk: str) -> None:
    settings = with_(desk, **{str(CLERK.verifier): clerk})
    for first in (10, 400, 401):
        anchored = sign_and_anchor(desk, settings, NOW)
        assert anchored.problems == ()
        assert anchored.signed.signed_by(CLERK.verifier)
        assert latest_published(desk.folder) == anchored.signed
        desk.ledger.append(actors(first, 300), {}, NOW)


def test_a_witness_that_has_signed_before_is_asked_again_from_there(desk: Desk, clerk: str) -> None:
    settings = with_(desk, **{str(CLERK.verifier): clerk})
    sign_and_anchor(desk, settings, NOW)
    with connect(str(desk.ledger.engine.url)).begin() as connection:  # as after a crash before it was recorded
        connection.execute(text("DROP TRIGGER anchors_no_delete"))
        connection.execute(text("DELETE FROM anchors"))
    desk.ledger.append(actors(10, 5), {}, NOW)
    assert sign_and_anchor(desk, settings, NOW).problems == ()


def test_a_witness_that_saw_a_longer_log_is_an_alarm(desk: Desk, clerk: str, tmp_path: Path) -> None:
    settings = with_(desk, **{str(CLERK.verifier): clerk})
    first = sign_and_anchor(desk, with_(desk), NOW).signed
    desk.ledger.engine.dispose()
    backup = tmp_path.with_name("backup")
    shutil.copytree(tmp_path, backup)
    desk.ledger.append(actors(10, 50), {}, NOW)
    sign_and_anchor(desk, settings, NOW)
    engine = connect(f"sqlite:///{tmp_path.with_name('backup') / 'archive.db'}")
    restored = Desk(
        Ledger(engine), tmp_path.with_name("backup") / "archive.key", tmp_path.with_name("backup") / "published"
    )
    restored.ledger.append(actors(600, 5), {}, NOW)
    [problem] = sign_and_anchor(restored, settings, NOW, first).problems
    assert "it has co-signed 60 events, which the log's 15 do not continue" in problem
    engine.dispose()


ANSWERS: dict[str, tuple[Respond, str]] = {
    "refuses": (lambda *_: (403, "text/plain", b"no"), "it answers 403: no"),
    "talks nonsense": (lambda *_: (200, "text/plain", b"fine\n"), "no signed note"),
    "signs with another key": (
        lambda *_: (200, "text/plain", str(Signer("x", COSIGNATURE, bytes(32)).sign("x\n", 1)).encode()),
        "no signature of its key",
    ),
    "signs another text": (lambda *_: (200, "text/plain", str(CLERK.sign("x\n", 1)).encode()), "is not valid"),
    "says a size that is none": (lambda *_: (409, "text/x.tlog.size", b"many\n"), "it answers 409"),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_a_witness_that_gives_nothing_is_told_and_hinders_nothing(desk: Desk, what: str) -> None:
    respond, problem = ANSWERS[what]
    with server(respond) as url:
        anchored = sign_and_anchor(desk, with_(desk, **{str(CLERK.verifier): url}), NOW)
    assert len(anchored.problems) == 1
    assert problem in anchored.problems[0]
    assert latest_published(desk.folder) == anchored.signed
    unreachable = anchor(desk, anchored.signed, with_(desk, **{str(CLERK.verifier): "http://127.0.0.1:1"}), NOW)
    assert "refused" in unreachable.problems[0]


def test_it_signs_once_a_minute_or_at_once_where_much_is_new(desk: Desk) -> None:
    checkpointer = Checkpointer(desk, with_(desk))
    first = checkpointer.run(NOW)
    assert first
    assert first.signed.size == 10
    assert checkpointer.run(NOW + timedelta(minutes=5)) is None
    desk.ledger.append(actors(10, 5), {}, NOW)
    later = NOW + timedelta(minutes=10)
    second = checkpointer.run(later)
    assert second
    desk.ledger.append(actors(15, 5), {}, NOW)
    assert checkpointer.run(later + timedelta(seconds=59)) is None
    desk.ledger.append(actors(20, 1000), {}, NOW)
    third = checkpointer.run(later + timedelta(seconds=59))
    assert third
    assert third.signed.size == 1020


def test_without_a_key_nothing_is_signed_by_itself(desk: Desk) -> None:
    desk.key.unlink()
    assert Checkpointer(desk, with_(desk)).run(NOW) is None
    assert not desk.folder.exists()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[str]:
    """A time-stamp authority, by openssl; where it is."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to play a time-stamp authority")
    folder = tmp_path / "tsa"
    folder.mkdir()
    (folder / "tsa.cnf").write_text(
        f"[tsa]\ndefault_tsa = t\n[t]\nserial = {folder}/serial\nsigner_digest = sha256\ndefault_policy = 1.2.3.4\n"
        "digests = sha256, sha512\naccuracy = secs:1\n[req]\ndistinguished_name = d\nx509_extensions = x\n[d]\n"
        "[x]\nextendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n"
    )
    make = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=tsa.example", "-config", "tsa.cnf"]
    subprocess.run(
        [openssl, *make, "-keyout", "key.pem", "-out", "cert.pem"], cwd=folder, check=True, capture_output=True
    )

    def respond(_: str, body: bytes) -> tuple[int, str, bytes]:
        (folder / "query").write_bytes(body)
        reply = [
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-queryfile",
            "query",
            "-signer",
            "cert.pem",
            "-inkey",
            "key.pem",
        ]
        made = subprocess.run([openssl, *reply], cwd=folder, check=True, capture_output=True)
        return 200, "application/timestamp-reply", made.stdout

    with server(respond) as url:
        yield url


def test_an_authority_says_when_it_saw_the_checkpoint(desk: Desk, authority: str, tmp_path: Path) -> None:
    anchored = sign_and_anchor(desk, with_(desk, timestamp=authority), NOW)
    assert anchored.problems == ()
    (tmp_path / "text").write_text(anchored.signed.note.text, "utf-8")
    verify = ["openssl", "ts", "-verify", "-data", "text", "-in", "published/checkpoint.tsr"]
    verify += ["-CAfile", "tsa/cert.pem", "-partial_chain"]
    done = subprocess.run(verify, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout, done.stderr
    with reading(desk.ledger.engine) as connection:
        stored = connection.execute(text("SELECT size, kind, name, body FROM anchors")).one()
    assert tuple(stored) == (10, "timestamp", authority, (desk.folder / "checkpoint.tsr").read_bytes())
    assert sign_and_anchor(desk, with_(desk, timestamp=authority), NOW).problems == ()


def test_a_stamp_of_something_else_is_no_stamp(desk: Desk, authority: str) -> None:
    sign_and_anchor(desk, with_(desk, timestamp=authority), NOW)
    other = (desk.folder / "checkpoint.tsr").read_bytes()
    desk.ledger.append(actors(10, 1), {}, NOW)
    for answer, problem in ((other, "not of this checkpoint"), (b"nonsense", "no time stamp")):
        with server(lambda *_, answer=answer: (200, "application/timestamp-reply", answer)) as url:
            [told] = sign_and_anchor(desk, with_(desk, timestamp=url), NOW).problems
        assert problem in told


@contextmanager
def program(folder: Path, *args: str) -> Iterator[list[str]]:
    """A server of the program's, until the end of the block; the lines it printed once it was ready."""
    process = subprocess.Popen([sys.executable, "-m", "archive", *args], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    lines: list[str] = []
    while not lines or " at http" not in lines[-1]:
        line = process.stdout.readline()
        assert line, "it ended without being ready"
        lines.append(line.strip())
    try:
        yield lines
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()


def test_a_witness_beside_the_archive_co_signs_its_checkpoint(desk: Desk, tmp_path: Path) -> None:
    log = str(keys.load(desk.key).verifier)
    with program(tmp_path, "witness", "--name", "witness.example/2", "--log", log, "--listen", "127.0.0.1:0") as lines:
        key, url = lines[0], lines[-1].split(" at ")[1]
        (tmp_path / "feeds.yaml").write_text(
            "archive: {database: 'sqlite:///archive.db', publish: published, "
            f"witnesses: [{{url: '{url}', key: '{key}'}}]}}\n"
        )
        run = [sys.executable, "-m", "archive", "checkpoint"]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
        assert parse_checkpoint(done.stdout).signed_by(parse_verifier(key))
        stale = Request(f"{url}/add-checkpoint", f"old 3\n\n{done.stdout}".encode())
        with pytest.raises(HTTPError, match="409") as conflict:
            urlopen(stale)
        # c2sp.org/tlog-witness: the type tells this conflict from any other, so it has no parameter
        assert (conflict.value.headers["Content-Type"], conflict.value.read()) == ("text/x.tlog.size", b"10\n")
        again = [sys.executable, "-m", "archive", "witness", "--log", log]
        refused = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert refused.returncode == 2
        assert "another witness uses this file" in refused.stderr
    with program(tmp_path, "publish") as lines:
        url = lines[-1].split(" at ")[1]
        with urlopen(f"{url}/checkpoint") as answer:
            assert answer.read().decode() == done.stdout
            assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        with urlopen(f"{url}/tile/entries/000.p/10") as answer:
            assert len(unpack_entries(answer.read())) == 10
            assert "immutable" in answer.headers["Cache-Control"]
        for path in ("tile/0/000", "checkpoint.tsr", "..%2farchive.key", "tile/../../archive.key", "tile/0/000.p/0"):
            with pytest.raises(HTTPError, match="404"):
                urlopen(f"{url}/{path}")
