"""``archive keys``, ``checkpoint``, ``prove`` and ``verify`` as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.ledger.checkpoint import parse_checkpoint, parse_proof
from archive.ledger.note import parse_verifier
from tests.audit.forger import Forger

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(forger: Forger) -> Run:
    """Run the program on a signed archive, in a folder of its own."""
    folder = forger.desk.key.parent
    (folder / "feeds.yaml").write_text("archive: {database: 'sqlite:///archive.db', publish: published}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ARCHIVE_")}

    def run(*args: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "archive", *args]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == expect, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_verify_says_its_verdict_by_its_exit_code(run: Run, forger: Forger) -> None:
    report = json.loads(run("verify").stdout)
    assert (report["verdict"], report["findings"]) == ("PASS", [])
    forger.run("DELETE FROM parts WHERE name = 'words'")
    report = json.loads(run("verify", "--no-projections", expect=1).stdout)
    assert report["verdict"] == "FAIL"
    assert {one["code"] for one in report["findings"]} == {"part.missing"}


def test_verify_with_what_the_auditor_kept(run: Run, forger: Forger) -> None:
    folder = forger.desk.key.parent
    (folder / "kept").write_text(str(forger.pin.note), "utf-8")
    (folder / "key.pub").write_text(f"{forger.signer.verifier}\n")
    run("verify", "--no-projections", "--checkpoint", "kept", "--key", "key.pub")
    run("verify", "--no-projections", "--checkpoint", "kept", "--key", str(forger.signer.verifier))
    forger.change_text(b"The toll goes.")
    forger.resign(forger.signer)
    run("verify", "--no-projections", "--key", "key.pub")
    assert "checkpoint.root" in run("verify", "--no-projections", "--checkpoint", "kept", expect=1).stdout


@pytest.mark.parametrize("args", [("--checkpoint", "feeds.yaml"), ("--key", "nonsense")])
def test_input_that_cannot_be_used_is_no_verdict(run: Run, args: tuple[str, ...]) -> None:
    done = run("verify", *args, expect=2)
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")


def test_a_database_that_is_none_is_no_verdict(run: Run, forger: Forger) -> None:
    Path(str(forger.engine.url.database)).write_text("these are notes, no database " * 99)
    assert "cannot be opened" in run("verify", expect=2).stderr
    Path(str(forger.engine.url.database)).unlink()
    assert "there is no database" in run("verify", expect=2).stderr


def test_checkpoint_and_prove_give_what_others_verify(run: Run, forger: Forger) -> None:
    key = parse_verifier(run("keys", "show").stdout.strip())
    note = (forger.desk.folder / "checkpoint").read_text("utf-8")
    assert "--compare" in run("checkpoint", expect=1).stderr
    assert run("checkpoint", "--compare", "published/checkpoint").stdout == note
    assert parse_checkpoint(note).signed_by(key)
    proof = parse_proof(run("prove", "s-1").stdout)
    assert proof.holds(proof.extra)
    assert json.loads(proof.extra)["data"]["statement"] == "s-1"
    assert proof.checkpoint.signed_by(key)
    assert "there is no such statement" in run("prove", "s-none", expect=2).stderr
    assert "99999: the log has no event at this position" in run("prove", "99999", expect=2).stderr


def test_keys_are_made_and_rotated(run: Run, forger: Forger) -> None:
    made = run("keys", "new", "--file", "other.key", "--origin", "other.example/log").stdout.strip()
    assert parse_verifier(made).name == "other.example/log"
    assert "not overwritten" in run("keys", "new", "--file", "other.key", expect=2).stderr
    run("checkpoint", "--compare", "published/checkpoint")
    old, new = run("keys", "show").stdout, run("keys", "rotate").stdout
    assert old != new == run("keys", "show").stdout
    assert parse_checkpoint((forger.desk.folder / "checkpoint").read_bytes()).signed_by(parse_verifier(new.strip()))
    run("verify", "--no-projections")
    run("verify", "--no-projections", "--key", old.strip())


def test_a_change_of_keys_that_was_broken_off_is_finished_by_the_command(run: Run, forger: Forger) -> None:
    run("checkpoint", "--compare", "published/checkpoint")
    key = forger.desk.key
    before = key.read_bytes()
    new = run("keys", "rotate").stdout
    key.replace(key.with_name(f"{key.name}.next"))
    key.write_bytes(before)
    key.chmod(0o600)
    assert "run archive keys rotate again" in run("checkpoint", expect=1).stderr
    assert run("keys", "rotate").stdout == new
    run("checkpoint")
    run("verify", "--no-projections")
