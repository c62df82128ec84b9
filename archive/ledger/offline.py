"""Verify an evidence bundle of a statement archive, offline, trusting neither the archive nor the bundle.

Python 3.10 or later, standard library only:

    python3 -I verify.py BUNDLE.zip --key KEY [--origin ORIGIN] [--witness KEY]... [--checkpoint FILE]

KEY is the log's public key (name+id+base64, or a file that holds it), got from somewhere else than the bundle, and so
should this program be. What a PASS means: the checkpoint is signed by that key; the headers are, byte for byte, the
first events that the signed tree commits to; the bundle tells of every statement of the actor on the topic among
them, and of nothing else; each text is the one that was recorded; the course of stances follows from the events.
It does not mean that what was recorded is true, nor, without a witness's key or an older checkpoint, that the
operator shows everybody the same log.

Exit code: 0 PASS, 3 PASS_REDACTED (texts are erased or hidden, as the log says), 4 WARN, 1 FAIL, 2 unusable input.

One file on purpose: whoever is to trust it must be able to read all of it.

Formats: RFC 6962 (tree), RFC 8032 (Ed25519), c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import html
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

MEMBERS = ("README.txt", "checkpoint", "parts.jsonl", "projection.json", "prefix.json", "report.html", "verify.py")
HEADERS = "headers.jsonl"
EVENTS = "events/"
PROOF = ".tlog-proof"
MOST_BYTES = 4 << 30
EXIT = {"PASS": 0, "PASS_REDACTED": 3, "WARN": 4, "FAIL": 1}
SAFE = 2**53 - 1

README = """Evidence from the log {origin}: {actor} on {topic}, as known at position {size}.

report.html       to be read; proves nothing by itself
projection.json   the same for programs: the statements, and the stances that follow from them
checkpoint        the log's signed commitment to {signed} events, with the lines of its witnesses
headers.jsonl     the headers of the first {size} events, one a line: the line's number is the position. All of them,
                  for only so can be seen that no statement of this actor on this topic was left out
prefix.json       the proof that these headers are the first events of the signed log (RFC 9162, 2.1.4)
events/           each event that matters, with a proof of its own (c2sp.org/tlog-proof)
parts.jsonl       the texts of those events with the salts of their commitments; erased and hidden ones are absent
verify.py         checks all of this, offline:

    python3 -I verify.py BUNDLE.zip --key KEY

Get the key (name+id+base64) from the archive's operator or a witness by another way than this file, and verify.py
from a release of statement-archive: what comes with a forged bundle may be forged too. --witness KEY and
--checkpoint FILE (one that you kept earlier) show besides that you are shown the log that others are shown.
"""

Json: TypeAlias = dict[str, Any]
Lines: TypeAlias = Callable[[], Iterable[bytes]]
"""The headers, to be read from the first on as often as is needed."""


class UnusableError(Exception):
    """The input cannot be used at all; nothing was verified."""


class BadError(Exception):
    """A part of the bundle is not what it must be: code, where, what."""


class Key(NamedTuple):
    """A public key: the name it signs under, its kind (1 signs notes, 4 cosigns them), its 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """By which signature lines name it."""
        return hashlib.sha256(b"%b\n%c%b" % (self.name.encode(), self.kind, self.public)).digest()[:4]


class Note(NamedTuple):
    """A signed checkpoint: its text, signatures as (name, key id and value), and what the text says."""

    text: str
    signatures: list[tuple[str, bytes]]
    origin: str
    size: int
    root: bytes


class Told(NamedTuple):
    """What the headers say of an actor and a topic: the events that matter, and what follows from them."""

    events: dict[int, Json]
    statements: list[Json]
    stances: list[Json]
    actor: str
    members: list[str]


# --- Ed25519, RFC 8032 section 5.1, verification only -------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point: TypeAlias = tuple[int, int, int, int]


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(n: int, p: Point) -> Point:
    total: Point = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = _add(total, p)
        p, n = _add(p, p), n >> 1
    return total


def _point(packed: bytes) -> Point | None:
    y, sign = int.from_bytes(packed, "little") & (1 << 255) - 1, packed[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _packed(p: Point) -> bytes:
    inverse = pow(p[2], P - 2, P)
    x, y = p[0] * inverse % P, p[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_valid(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this is the key's signature of the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or BASE is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = (P - key[0], key[1], key[2], P - key[3])
    return _packed(_add(_times(s, BASE), _times(k, minus))) == signature[:32]


# --- the tree, RFC 6962 section 2 ---------------------------------------------------------------------------------


def leaf_hash(header: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + header).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def push(peaks: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Append a leaf to the peaks (height, hash) of a tree."""
    height = 0
    while peaks and peaks[-1][0] == height:
        leaf, height = node_hash(peaks.pop()[1], leaf), height + 1
    peaks.append((height, leaf))


def root_of(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    """The root of the tree that has these peaks."""
    if not peaks:
        return hashlib.sha256(b"").digest()
    *rest, (_, root) = peaks
    for _, peak in reversed(rest):
        root = node_hash(peak, root)
    return root


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path leads from the leaf to the root: RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    at, last = index, size - 1
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            leaf = node_hash(step, leaf)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            leaf = node_hash(leaf, step)
        at, last = at >> 1, last >> 1
    return last == 0 and leaf == root


def continues(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether the path shows that the larger tree begins with the smaller one: RFC 9162, section 2.1.4.2."""
    if old in {0, size}:
        return not path and (old == 0 or old_root == root)
    if not 0 < old < size or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_root, *path]
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first, *rest = steps
    small = large = first
    for step in rest:
        if last == 0:
            return False
        if at & 1 or at == last:
            small, large = node_hash(step, small), node_hash(step, large)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            large = node_hash(large, step)
        at, last = at >> 1, last >> 1
    return last == 0 and (small, large) == (old_root, root)


# --- notes and proofs ---------------------------------------------------------------------------------------------


def b64(text: str) -> bytes:
    """Strict base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadError("base64", text[:20], str(error)) from error
    if base64.b64encode(data).decode() != text:
        raise BadError("base64", text[:20], "a second spelling of the same bytes")
    return data


def parse_key(text: str) -> Key:
    """Read ``name+id+base64(kind and key)``, or the file that holds it."""
    try:
        if "+" not in text or Path(text).is_file():
            text = Path(text).read_text("utf-8").strip()
        name, identifier, encoded = text.split("+", 2)
        data = b64(encoded)
        key = Key(name, data[0], data[1:])
    except OSError as error:
        raise UnusableError(f"{text!r} is neither a public key (name+id+base64) nor a file that can be read") from error
    except (ValueError, IndexError, BadError) as error:
        raise UnusableError(f"{text!r} is no public key: {error}") from error
    if key.id.hex() != identifier or key.kind not in {1, 4} or len(key.public) != 32:
        raise UnusableError(f"{text!r} is no Ed25519 key, or its id is not that of its bytes")
    return key


def parse_checkpoint(data: bytes) -> Note:
    """Read a signed checkpoint."""
    try:
        body, lines = data.decode().rsplit("\n\n", 1)
        signatures = [_signature(line) for line in lines.removesuffix("\n").split("\n")]
        origin, size, root, *_ = body.split("\n")
        if str(int(size)) != size or len(b64(root)) != 32 or not lines.endswith("\n"):
            raise ValueError("its lines are not origin, size and root")
    except (ValueError, BadError) as error:
        raise BadError("note.malformed", "checkpoint", str(error)) from error
    return Note(f"{body}\n", signatures, origin, int(size), b64(root))


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, value = line.split(" ")
    if dash != "—" or not name:
        raise ValueError(f"{line[:30]!r} is no signature line")
    return name, b64(value)


def signed(note: Note, key: Key) -> bool:
    """Whether the key signed the note; BadError where a line claims so and is not valid."""
    mine = [value[4:] for name, value in note.signatures if name == key.name and value[:4] == key.id]
    for value in mine:
        message, signature = note.text.encode(), value
        if key.kind == 4:
            message = f"cosignature/v1\ntime {int.from_bytes(value[:8], 'big')}\n{note.text}".encode()
            signature = value[8:]
        if not ed25519_valid(key.public, message, signature):
            raise BadError("note.signature_bad", key.name, "the signature is not valid for this checkpoint")
    return bool(mine)


def parse_proof(data: bytes) -> tuple[int, bytes, list[bytes], bytes]:
    """Read a .tlog-proof: index, header, path, checkpoint."""
    try:
        head, note = data.split(b"\n\n", 1)
        magic, extra, index, *path = head.decode().split("\n")
        if magic != "c2sp.org/tlog-proof@v1" or not extra.startswith("extra ") or not index.startswith("index "):
            raise ValueError("its first lines are not those of a proof")
        return int(index[6:]), b64(extra[6:]), [b64(line) for line in path], note
    except (ValueError, BadError) as error:
        raise BadError("proof.malformed", "", str(error)) from error


# --- headers, and what follows from them --------------------------------------------------------------------------


def canonical(header: bytes) -> Json:
    """A header as a value; BadError where its bytes are not canonical JSON in the safe profile."""
    try:
        value: Json = json.loads(header, parse_float=_no_float, parse_constant=_no_float, parse_int=_safe_int)
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        if again != header or not isinstance(value["data"], dict):
            raise ValueError("its bytes are not canonical JSON")
        for name in ("at", "id", "stream", "type"):
            if not isinstance(value[name], str):
                raise TypeError(f"{name} is no text")
        value["version"] + 0
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadError("header.not_canonical", "", f"{type(error).__name__}: {error}") from error
    return value


def _no_float(text: str) -> float:
    raise ValueError(f"{text} is no integer")


def _safe_int(text: str) -> int:
    if abs(number := int(text)) > SAFE:
        raise ValueError(f"{text} is not a safe integer")
    return number


def kind(event: Json) -> str:
    """The type of an event without its version."""
    name: str = event["type"].rpartition(".v")[0]
    return name


def numbered(lines: Lines) -> Iterator[tuple[int, Json]]:
    """The events with their positions."""
    return ((position, json.loads(line)) for position, line in enumerate(lines(), 1))


def tell(lines: Lines, actor: str, topic: str) -> Told:
    """What the headers say of an actor (and all that are merged with it at the end of them) on a topic."""
    into: dict[str, str] = {}
    assessed: set[str] = set()
    for _, event in numbered(lines):
        data = event["data"]
        if kind(event) == "stance.assessed" and data["topic"] == topic:
            assessed.add(data["statement"])
        elif kind(event) == "actor.merged":
            _merge(into, data["actor"], data["into"])
        elif kind(event) == "actor.merge_undone" and into.get(data["actor"]) == data["into"]:
            del into[data["actor"]]
    actor = _canonical(into, actor)
    members = sorted({actor, *(one for one in into if _canonical(into, one) == actor)})
    recorded: dict[str, tuple[int, Json]] = {}
    for position, event in numbered(lines):
        data = event["data"]
        if kind(event) == "statement.recorded" and data["statement"] in assessed and data.get("actor") in members:
            recorded.setdefault(data["statement"], (position, event))
    events = _relevant(lines, recorded, frozenset(members), topic)
    statements = _statements(events, recorded, topic)
    return Told(events, statements, _course(statements), actor, members)


def _canonical(into: dict[str, str], actor: str) -> str:
    while actor in into:
        actor = into[actor]
    return actor


def _merge(into: dict[str, str], actor: str, other: str) -> None:
    above = other
    while above != actor and above in into:
        above = into[above]
    if above != actor:
        into[actor] = other


def _relevant(
    lines: Lines, recorded: dict[str, tuple[int, Json]], members: frozenset[str], topic: str
) -> dict[int, Json]:
    """Every event that bears on these statements, their judgements, the actor, the topic, or a text of theirs."""
    articles = {(event["data"]["article"], event["data"]["revision"]) for _, event in recorded.values()}
    dated = {article for article, _ in articles}
    found: dict[int, Json] = {}
    for position, event in numbered(lines):
        data, name = event["data"], kind(event)
        if name.startswith(("statement.", "stance.")):
            bears = data["statement"] in recorded and data.get("topic", topic) == topic
        elif name in {"article.captured", "article.revised"}:
            bears = (data["article"], data.get("revision", 1)) in articles
            bears |= event["version"] == 1 and data["article"] in dated
        elif name.startswith("part."):
            bears = data["position"] in found
        elif name.startswith(("actor.", "office.")):
            bears = data.get("actor") in members or data.get("into") in members
        else:
            bears = name.startswith("topic.") and data["topic"] == topic
        if bears:
            found[position] = event
    return found


def _statements(events: dict[int, Json], recorded: dict[str, tuple[int, Json]], topic: str) -> list[Json]:
    captured: dict[tuple[str, int], Json] = {}
    first: dict[str, tuple[str, int]] = {}
    for position, event in events.items():
        data = event["data"]
        if kind(event) in {"article.captured", "article.revised"}:
            captured[data["article"], data.get("revision", 1)] = data
            if event["version"] == 1:
                first[data["article"]] = (data.get("published_at") or data["captured_at"], position)
    told = []
    for statement, (position, event) in recorded.items():
        data = event["data"]
        article = captured.get((data["article"], data["revision"]), {})
        start = data["content"][0][0] if data.get("content") else 0
        order = [data["valid_at"], *first.get(data["article"], (data["valid_at"], 0)), start, position]
        row = {name: data.get(name) for name in ("statement", "article", "revision", "actor", "kind", "valid_at")}
        row |= {name: data.get(name) for name in ("precision", "said_on", "speaks_for", "content", "named")}
        row |= {name: article.get(name) for name in ("url", "outlet", "published_at", "captured_at")}
        row |= {"position": position, "recorded_at": event["at"], "order": order}
        row |= {"directness": data.get("directness", "first_hand")}
        told.append(row | _judged(events, statement, topic))
    return sorted(told, key=lambda row: row["order"])


def _judged(events: dict[int, Json], statement: str, topic: str) -> Json:
    """The judgement that counts at the end, by method and then by time; and whether the statement was withdrawn."""
    ranks = {"rule": 0, "model": 1, "person": 2}
    best: Json | None = None
    withdrawn: int | None = None
    for position, event in events.items():
        data, name = event["data"], kind(event)
        if data.get("statement") != statement:
            continue
        if name == "stance.assessed" and data["topic"] == topic:
            if best is None or ranks[data["method"]] >= ranks[best["method"]]:
                best = {"stance": data["stance"], "method": data["method"], "by": data["by"], "assessment": position}
                best |= {"confidence": data.get("confidence", 1000)}
        elif name == "stance.retracted" and data["topic"] == topic:
            best = None if best and best["method"] == data["method"] else best
        elif name == "statement.withdrawn" and withdrawn is None:
            withdrawn = position
    none = dict.fromkeys(("stance", "method", "by", "assessment", "confidence"))
    return (best or none) | {"withdrawn": withdrawn}


def _course(statements: Iterable[Json]) -> list[Json]:
    """The stances that follow: first-hand positions outrank ascribed ones, those outrank words that take none."""

    def tier(row: Json) -> int:
        if row["stance"] in {"no_position", "unclear"}:
            return 2
        return 0 if row["directness"] == "first_hand" else 1

    shown: list[Json] = []
    for row in statements:
        if row["stance"] is None or row["withdrawn"] is not None:
            continue
        if shown and tier(row) > tier(shown[-1]):
            continue
        if shown and row["valid_at"] == shown[-1]["valid_at"]:
            shown.pop()
        shown.append(row)
    ends = [*(row["valid_at"] for row in shown[1:]), None]
    return [
        {"valid_from": row["valid_at"], "valid_to": end, "stance": row["stance"], "statement": row["statement"],
         "assessment": row["assessment"]}
        for row, end in zip(shown, ends, strict=False)
    ]  # fmt: skip


# --- texts ---------------------------------------------------------------------------------------------------------


def commitment(salt: bytes, name: str, body: bytes) -> str:
    """What a header says of a part."""
    return hashlib.sha256(b"\x02" + salt + len(name.encode()).to_bytes(4, "big") + name.encode() + body).hexdigest()


def projection(told: Told, topic: str, size: int, texts: dict[tuple[int, str], str]) -> Json:
    """What is told of the actor and the topic, with the words as far as they may be shown."""
    names = [
        e["data"]["name"]
        for e in told.events.values()
        if kind(e) == "actor.registered" and e["data"]["actor"] == told.actor
    ]
    topics = [e["data"]["proposition"] for e in told.events.values() if kind(e) == "topic.defined"]
    statements = []
    for row in told.statements:
        words = texts.get((row["position"], "words"))
        shown = {name: value for name, value in row.items() if name != "order"}
        statements.append(shown | {"quote": json.loads(words)["content"] if words else None})
    return {
        "actor": told.actor, "actor_name": names[-1] if names else None, "members": told.members, "topic": topic,
        "proposition": topics[-1] if topics else None, "known_at": size, "statements": statements,
        "stances": told.stances,
    }  # fmt: skip


def readme(told: Json, origin: str, signed: int) -> str:
    """What the files of the bundle are, and how it is verified."""
    return README.format(origin=origin, actor=told["actor"], topic=told["topic"], size=told["known_at"], signed=signed)


def report(told: Json, note: str) -> str:
    """The projection as a page for people: text alone, everything escaped, no scripts, no links."""

    def cell(value: object) -> str:
        text = " … ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        return f"<td><bdi>{html.escape(text)}</bdi></td>"

    def table(rows: list[Json], columns: Sequence[str]) -> str:
        head = "".join(f"<th>{name.replace('_', ' ')}</th>" for name in columns)
        lines = ["<tr>" + "".join(cell(row[name]) for name in columns) + "</tr>" for row in rows]
        return f"<table><tr>{head}</tr>\n" + "\n".join(lines) + "</table>"

    who = html.escape(f"{told['actor_name'] or told['actor']} ({told['actor']})")
    what = html.escape(f"{told['proposition'] or ''} ({told['topic']})")
    stances = table(told["stances"], ("stance", "valid_from", "valid_to", "statement", "assessment"))
    columns = ("position", "statement", "valid_at", "precision", "quote", "stance", "method", "by", "directness",
               "withdrawn", "outlet", "url", "article", "revision", "recorded_at")  # fmt: skip
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Evidence</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{{font:16px/1.5 serif;max-width:80em;margin:2em auto;padding:0 1em}}table{{border-collapse:collapse}}
td,th{{border:1px solid #999;padding:.3em .6em;text-align:left;vertical-align:top;font-size:85%}}</style>
<h1>{who}</h1><p>{what}</p>
<p>As the archive knew it when its log had {told["known_at"]} events. Statements: {len(told["statements"])}.
This page proves nothing by itself: README.txt says how to verify it.</p>
<h2>Stances</h2>{stances}
<h2>Statements</h2>{table(told["statements"], columns)}
<h2>Signed checkpoint</h2><pre>{html.escape(note)}</pre></html>
"""


# --- the bundle ----------------------------------------------------------------------------------------------------


class Verification:
    """One bundle under verification, and what was found."""

    def __init__(self, archive: zipfile.ZipFile, key: Key, origin: str | None, witnesses: Sequence[Key]) -> None:
        """Verify nothing yet."""
        self.zip, self.key, self.origin, self.witnesses = archive, key, origin or key.name, witnesses
        self.findings: list[tuple[str, str, str]] = []
        self.warnings: list[tuple[str, str, str]] = []
        self.redacted: list[str] = []
        self.same_program = True
        self.size = 0

    def run(self, pinned: Note | None) -> None:
        """Check everything; what fails early makes later checks pointless and ends it."""
        self._check_members()
        note = parse_checkpoint(self._read("checkpoint"))
        self._check_signatures(note)
        self._check_headers(note, pinned)
        if any(code.startswith(("header", "bundle", "prefix")) for code, *_ in self.findings):
            return
        claimed = self._json("projection.json")
        told = tell(self._lines, str(claimed.get("actor")), str(claimed.get("topic")))
        later = self._check_events(told, note)
        texts = self._check_parts(told, later)
        self._check_words(told, texts)
        derived = projection(told, str(claimed.get("topic")), self.size, texts)
        if derived != claimed:
            names = [name for name in derived if derived[name] != claimed.get(name)]
            self._found("projection.differs", ", ".join(names) or "fields", "it does not follow from the events")
        if report(derived, str(self._read("checkpoint"), "utf-8")).encode() != self._read("report.html"):
            self._found("report.differs", "report.html", "the page does not show what was verified")
        if readme(derived, note.origin, note.size).encode() != self._read("README.txt"):
            self._found("report.differs", "README.txt", "it does not describe this bundle")
        self.same_program = self._read("verify.py") == Path(__file__).read_bytes()

    def _found(self, code: str, where: str, what: str) -> None:
        self.findings.append((code, where, what))

    def _read(self, name: str) -> bytes:
        return self.zip.read(name)

    def _json(self, name: str) -> Json:
        try:
            value = json.loads(self._read(name))
        except (ValueError, RecursionError) as error:
            raise BadError("bundle.malformed", name, str(error)) from error
        if not isinstance(value, dict):
            raise BadError("bundle.malformed", name, "it holds no object")
        return value

    def _lines(self) -> Iterator[bytes]:
        with self.zip.open(HEADERS) as lines:
            for line in lines:
                yield line.removesuffix(b"\n")

    def _check_members(self) -> None:
        names = self.zip.namelist()
        if len(set(names)) != len(names):
            raise BadError("bundle.members", "zip", "a name occurs twice")
        plain = {name for name in names if not name.startswith(EVENTS)}
        if missing := {*MEMBERS, HEADERS} - plain:
            raise BadError("bundle.members", ", ".join(sorted(missing)), "missing")
        if unknown := plain - {*MEMBERS, HEADERS}:
            raise BadError("bundle.members", ", ".join(sorted(unknown)), "does not belong there")
        if sum(one.file_size for one in self.zip.infolist()) > MOST_BYTES:
            raise UnusableError("the bundle unpacks to more than 4 GB")

    def _check_signatures(self, note: Note) -> None:
        if note.origin != self.origin:
            self._found("note.origin", note.origin, f"the checkpoint is of another log than {self.origin}")
        for key in (self.key, *self.witnesses):
            try:
                if not signed(note, key):
                    code = "note.signature_missing" if key is self.key else "note.witness_missing"
                    self._found(code, key.name, "the checkpoint bears no signature of this key")
            except BadError as error:
                self._found(*error.args)

    def _check_headers(self, note: Note, pinned: Note | None) -> None:
        """The tree, the canonical form, and what every log keeps: time, ids, versions of streams."""
        peaks: list[tuple[int, bytes]] = []
        ids: set[str] = set()
        versions: dict[str, int] = {}
        at = ""
        for position, line in enumerate(self._lines(), 1):
            push(peaks, leaf_hash(line))
            try:
                event = canonical(line)
            except BadError as error:
                self._found(error.args[0], f"position {position}", error.args[2])
                continue
            if event["at"] < at or event["id"] in ids or event["version"] != versions.get(event["stream"], 0) + 1:
                self._found("header.order", f"position {position}", "time goes back, or an event is twice or missing")
            at, versions[event["stream"]] = max(at, event["at"]), event["version"]
            ids.add(event["id"])
            if pinned and pinned.size == position and root_of(peaks) != pinned.root:
                self._found("checkpoint.fork", f"size {position}", "the log is not the one of the pinned checkpoint")
            self.size = position
        prefix = self._json("prefix.json")
        try:
            path = [b64(str(step)) for step in prefix["consistency"]]
        except (KeyError, TypeError, BadError) as error:
            raise BadError("prefix.malformed", "prefix.json", str(error)) from error
        if prefix.get("size") != self.size or self.size > note.size:
            self._found("headers.count", f"{self.size} headers", f"the bundle speaks of {prefix.get('size')}")
        elif not continues(self.size, root_of(peaks), note.size, note.root, path):
            self._found("headers.root", f"{self.size} headers", "they are not the first events of the signed log")
        if pinned:
            self._check_pinned(pinned, note)

    def _check_pinned(self, pinned: Note, note: Note) -> None:
        if not signed(pinned, self.key):
            raise UnusableError("the pinned checkpoint bears no signature of the key")
        if pinned.size == note.size and pinned.root != note.root:
            self._found("checkpoint.fork", f"size {note.size}", "the log is not the one of the pinned checkpoint")
        elif pinned.size > note.size:
            self._found("checkpoint.older", f"size {note.size}", f"a checkpoint of {pinned.size} events is pinned")
        elif self.size < pinned.size < note.size:
            where = f"size {pinned.size}"
            self.warnings.append(("checkpoint.beyond", where, "the bundle's headers end before it: not compared"))

    def _check_events(self, told: Told, note: Note) -> dict[int, Json]:
        """Each event's own proof; that none of those that matter is left out, and none is there that does not."""
        proven: dict[int, bytes] = {}
        for name in self.zip.namelist():
            if not name.startswith(EVENTS):
                continue
            index, header, path, checkpoint = parse_proof(self._read(name))
            if name != f"{EVENTS}{index + 1}{PROOF}" or checkpoint != self._read("checkpoint"):
                self._found("proof.foreign", name, "it is of another event, or under another checkpoint")
            elif not included(leaf_hash(header), index, note.size, path, note.root):
                self._found("proof.invalid", f"position {index + 1}", "it does not lead to the signed root")
            else:
                proven[index + 1] = header
        for position in sorted(told.events.keys() - proven.keys()):
            self._found("completeness.left_out", f"position {position}", told.events[position]["type"])
        later = {p: canonical(header) for p, header in proven.items() if p > self.size}
        for position in sorted(proven.keys() - told.events.keys()):
            text = later.get(position, {"type": ""})
            if not text["type"].startswith("part.") or text["data"]["position"] not in told.events:
                self._found("event.unrelated", f"position {position}", "it does not bear on the actor and the topic")
        return later

    def _check_parts(self, told: Told, later: dict[int, Json]) -> dict[tuple[int, str], str]:
        """Each text against its commitment; where one is absent, the event that says why."""
        texts: dict[tuple[int, str], str] = {}
        committed = {
            (p, name): value for p, event in told.events.items() for name, value in event.get("parts", {}).items()
        }
        for number, line in enumerate(self._read("parts.jsonl").decode().split("\n")[:-1], 1):
            try:
                part = json.loads(line)
                place, salt, body = (part["position"], part["name"]), bytes.fromhex(part["salt"]), part["body"]
                given = commitment(salt, part["name"], body.encode("utf-8", "surrogateescape"))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BadError("part.malformed", f"parts.jsonl:{number}", str(error)) from error
            if committed.get(place) != given or place in texts:
                self._found("part.commitment", "{}/{}".format(*place), "the text is not the one that was recorded")
            texts[place] = body
        reasons = {}
        for event in (*told.events.values(), *(later[position] for position in sorted(later))):
            if kind(event).startswith("part."):
                reasons[event["data"]["position"], event["data"]["part"]] = kind(event)
        for place in sorted(committed.keys() - texts.keys()):
            if reasons.get(place) in {"part.erased", "part.hidden"}:
                self.redacted.append("{}/{} ({})".format(*place, reasons[place]))
            else:
                self._found("part.missing", "{}/{}".format(*place), "the text is absent, and no event says why")
        return texts

    def _check_words(self, told: Told, texts: dict[tuple[int, str], str]) -> None:
        """That the words of a statement stand in the captured text where its spans say."""
        captured = {
            (event["data"]["article"], event["data"].get("revision", 1)): texts.get((position, "text"))
            for position, event in told.events.items()
            if kind(event) in {"article.captured", "article.revised"}
        }
        for row in told.statements:
            words, text = texts.get((row["position"], "words")), captured.get((row["article"], row["revision"]))
            if words and text and [text[a:b] for a, b in row["content"]] != json.loads(words)["content"]:
                self._found("words.differ", row["statement"], "its words do not stand where its spans say")

    def verdict(self) -> str:
        """The one word."""
        if self.findings:
            return "FAIL"
        return "WARN" if self.warnings else "PASS_REDACTED" if self.redacted else "PASS"


def verify(file: Path, key: Key, origin: str | None, witnesses: Sequence[Key], pinned: Note | None) -> Verification:
    """Verify a bundle; whatever its bytes are, there is a verdict. UnusableError where the file cannot be read."""
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise BadError("bundle.unreadable", str(file), f"{error}: truncated, or no bundle") from error
    with archive:
        run = Verification(archive, key, origin, witnesses)
        try:
            run.run(pinned)
        except BadError as error:
            code, where, what = error.args
            run.findings.append((code, where, what))
        except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
            run.findings.append(("bundle.unreadable", str(file), str(error)))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
            run.findings.append(("bundle.malformed", str(file), f"{type(error).__name__}: {error}"))
        return run


def _pinned(file: Path) -> Note:
    try:
        return parse_checkpoint(file.read_bytes())
    except BadError as error:
        raise UnusableError(f"{file} is no signed checkpoint: {error.args[2]}") from error


def _say(*lines: str) -> None:
    """Print each line as one line: what a bundle holds must neither end it nor speak to the terminal."""
    encoding = sys.stdout.encoding or "utf-8"
    for line in lines:
        shown = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)
        sys.stdout.write(shown.encode(encoding, "backslashreplace").decode(encoding) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify what the command line names; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True, help="the log's public key, or a file with it; never from the bundle")
    parser.add_argument("--origin", help="the log's name; default: that of the key")
    parser.add_argument("--witness", action="append", default=[], help="the key of a witness that must have cosigned")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint you kept: the log must continue it")
    given = parser.parse_args(arguments)
    try:
        witnesses = [parse_key(text) for text in given.witness]
        pinned = _pinned(given.checkpoint) if given.checkpoint else None
        run = verify(given.bundle, parse_key(given.key), given.origin, witnesses, pinned)
    except (UnusableError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    except BadError as error:
        code, where, what = error.args
        _say("FAIL", f"{code}  {where}: {what}")
        return EXIT["FAIL"]
    lines = [f"{code}  {where}: {what}" for code, where, what in (*run.findings, *run.warnings)]
    lines += [f"redacted  {place}" for place in run.redacted]
    if run.verdict() != "FAIL" and not (witnesses or pinned):
        lines.append("note  no witness and no kept checkpoint was given: the log's own key alone vouches for the tree")
    if not run.same_program:
        lines.append("note  the verify.py in the bundle is not this program: of another version, or forged")
    _say(run.verdict(), *lines)
    return EXIT[run.verdict()]


if __name__ == "__main__":
    sys.exit(main())
