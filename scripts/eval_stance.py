"""Measure who is said to stand where, against the development set beside this script.

Run as ``python scripts/eval_stance.py``. The articles are read from ``../shared``; each is read whole, on each
topic it was coded for, and each actor's label is the one that the views would show from this article alone
(their own words before what others ascribe to them, the latest of those). ``--show`` prints every actor that is
missed or wrong, but for the held-out part, which shows only its figures: the others have been read for what the rules
get wrong, and what to expect of unseen articles is what the held-out part shows. ``--plain`` measures on the invented
plain news beside this script instead, which needs no corpus.
``--data`` measures on another file of the same form.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from archive.extract import read as read_article
from archive.extract.stance import Assessor
from archive.model import Assessment, Directness, Reading, Span, Stance, Statement, Topic, fold, quoted

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
CORPUS = SHARED / "corpus" / "political-news-train.jsonl.gz"
DATA = Path(__file__).with_name("stances_dev.yaml")

PLAIN = Path(__file__).with_name("plain_news.txt")
HELD_OUT = "held out"

BINS = (0.0, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_FOR = frozenset({Stance.SUPPORT, Stance.CONDITIONAL, Stance.OPEN})
_AGAINST = frozenset({Stance.OPPOSE, Stance.NOT_NOW})
_MARKS = {
    "+": (Stance.SUPPORT,),
    "-": (Stance.OPPOSE, Stance.NOT_NOW),
    "c": (Stance.CONDITIONAL, Stance.SUPPORT, Stance.OPEN),
    "0": (Stance.NO_POSITION, Stance.UNDECIDED, Stance.OPEN),
}
_OFFICES = frozenset({"administration", "government", "campaign", "party", "office", "department"})
_LEFT_OUT = frozenset({"the", "of", "a", "and", "s"})


@dataclass(frozen=True, slots=True)
class Coded:
    """What a careful reader says of one actor in one article on one topic."""

    actor: str
    label: Stance
    also: frozenset[Stance]
    words: Span

    @property
    def acceptable(self) -> frozenset[Stance]:
        """The labels that are no mistake."""
        return self.also | {self.label}

    @property
    def sign(self) -> int:
        """1 for, -1 against; 0 where a reader sees no side, or may see either."""
        sides = {sign(stance) for stance in self.acceptable if stance is not Stance.NO_POSITION}
        return sides.pop() if len(sides) == 1 else 0


@dataclass(frozen=True, slots=True)
class Case:
    """One article on one topic, with its actors."""

    doc: str
    topic: Topic
    part: str
    coded: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A coded actor and what was found, in an article."""

    case: Case
    coded: Coded
    found: Assessment | None
    seen: bool


def sign(stance: Stance) -> int:
    """Which side a label is on: 1 for, -1 against, 0 neither."""
    return 1 if stance in _FOR else -1 if stance in _AGAINST else 0


def cases(texts: dict[str, str], path: Path = DATA) -> Iterator[Case]:
    """The coded articles of a file, with the names that its places hold."""
    for data in yaml.safe_load(path.read_text(encoding="utf-8"))["topics"]:
        topic = Topic(
            id=data["id"],
            proposition=data["proposition"],
            terms=tuple(data["terms"]),
            context=tuple(data.get("context", ())),
        )
        for doc, rows in data["articles"].items():
            yield Case(doc, topic, data["part"], tuple(_coded(texts[doc], row) for row in rows))


def plain_cases(path: Path = PLAIN) -> tuple[list[Case], dict[str, str]]:
    """The invented items, and their texts by number."""
    items = [block.splitlines() for block in path.read_text(encoding="utf-8").split("\n\n") if block.startswith("P: ")]
    found, texts = [], {}
    for number, (said, terms, *rest) in enumerate(items):
        text = "\n\n".join(line for line in rest if not line.startswith("= "))
        rows = (line[2:].split(" | ") for line in rest if line.startswith("= "))
        topic = Topic(id=f"plain-{number}", proposition=said[3:], terms=tuple(t.strip() for t in terms[3:].split(";")))
        coded = tuple(_plainly(text, *map(str.strip, row)) for row in rows)
        texts[f"plain-{number}"] = text
        found.append(Case(f"plain-{number}", topic, "plain", coded))
    return found, texts


def _plainly(text: str, actor: str, mark: str, words: str) -> Coded:
    label, *also = _MARKS[mark]
    start = max(0, text.find(words))
    return Coded(actor, label, frozenset(also), Span(start, start + len(words)))


def _coded(text: str, row: dict[str, Any]) -> Coded:
    start, end = row["actor"]
    also = frozenset(Stance(label) for label in row.get("also", ()))
    return Coded(text[start:end], Stance(row["label"]), also, Span(*row["words"]))


def same(gold: str, found: str) -> bool:
    """Whether two names can be one actor's in one article."""
    a, b = ([w for w in fold(name).split() if w not in _LEFT_OUT] for name in (gold, found))
    if not a or not b:
        return False
    if {a[-1], b[-1]} & _OFFICES and a[-1] != b[-1]:
        return False
    return a[-1] == b[-1] or set(a) <= set(b) or set(b) <= set(a)


def shown(statements: Iterable[Statement], topic: Topic, actor: str) -> tuple[Assessment | None, bool]:
    """The assessment of an actor that the views would show, and whether the actor speaks in the article at all."""
    best: tuple[int, Assessment] | None = None
    seen = False
    for statement in sorted(statements, key=lambda s: s.content[0].start):
        if statement.actor is None or not same(actor, statement.actor.name):
            continue
        seen = True
        for one in statement.assessments:
            first = statement.directness is Directness.FIRST_HAND
            tier = 2 if not one.stance.positional else 0 if first else 1
            if one.topic == topic.id and (best is None or tier <= best[0]):
                best = tier, one
    return (best[1] if best else None), seen


def score(all_cases: Sequence[Case], texts: dict[str, str]) -> list[Row]:
    """Every coded actor with what the program says of them."""
    read: dict[str, Reading] = {}
    rows: list[Row] = []
    for case in all_cases:
        text = texts[case.doc]
        if case.doc not in read:
            read[case.doc] = read_article(text)
        statements = Assessor([case.topic]).read(text, read[case.doc]).statements
        rows.extend(Row(case, coded, *shown(statements, case.topic, coded.actor)) for coded in case.coded)
    return rows


def figures(rows: Sequence[Row]) -> Iterator[str]:
    """The figures of a part, a line each."""
    sided = [r for r in rows if r.coded.sign]
    given = [r for r in rows if r.found and sign(r.found.stance)]
    judged = [r for r in given if r.coded.sign]
    right = sum(sign(r.found.stance) == r.coded.sign for r in judged if r.found)
    wrong = len(judged) - right
    found = [r for r in rows if r.found and r.found.stance is not Stance.UNCLEAR]
    fine = sum(r.found.stance in r.coded.acceptable for r in found if r.found)
    extra = sum(not r.coded.sign and not r.coded.acceptable & {r.found.stance} for r in given if r.found)
    yield f"articles {len({r.case.doc for r in rows})}  actors {len(rows)}  with a side {len(sided)}"
    yield f"sign right      {_share(right, len(judged))} of the actors with a side that are reported for or against"
    yield f"coverage        {_share(fine, len(rows))} of the actors are reported with an acceptable label"
    yield f"opposite sign   {_share(wrong, len(rows))} of the actors; {extra} more given a side that have none"
    yield f"macro-F1        {100 * _macro(rows):5.1f} over for, against and neither"
    heard, met = sum(r.seen for r in rows), sum(r.found is not None for r in rows)
    yield f"speaks at all   {_share(heard, len(rows))}, on the topic {_share(met, len(rows))}"


def _share(n: int, of: int) -> str:
    return f"{100 * n / max(1, of):5.1f} % ({n}/{of})"


def _macro(rows: Sequence[Row]) -> float:
    """The mean F1 of for, against and neither, over actors whom the program says something of."""
    pairs = Counter((r.coded.sign, sign(r.found.stance) if r.found else None) for r in rows)
    scores = []
    for side in (1, -1, 0):
        hit = pairs[side, side]
        told = sum(n for (_, found), n in pairs.items() if found == side)
        gold = sum(n for (coded, _), n in pairs.items() if coded == side)
        scores.append(2 * hit / max(1, told + gold))
    return sum(scores) / len(scores)


def calibration(rows: Sequence[Row]) -> Iterator[str]:
    """How many of the labels given with a confidence are acceptable, by its range."""
    given = [r for r in rows if r.found and r.found.stance.positional]
    for low, high in zip(BINS, (*BINS[1:], 1.01), strict=True):
        inside = [r for r in given if r.found and low <= r.found.confidence < high]
        if inside:
            fine = sum(r.found.stance in r.coded.acceptable for r in inside if r.found)
            mean = sum(r.found.confidence for r in inside if r.found) / len(inside)
            right = f"right {fine / len(inside):.2f} of {len(inside)}"
            yield f"confidence {low:.1f} to {min(high, 1):.1f}: mean {mean:.2f}, {right}"


def faults(rows: Sequence[Row], texts: dict[str, str]) -> Iterator[str]:
    """The actors of whom the program says nothing, or something else, with the words on both sides."""
    for row in rows:
        stance = row.found.stance if row.found else None
        if stance in row.coded.acceptable:
            continue
        text, coded = texts[row.case.doc], row.coded
        opposite = bool(row.found and coded.sign and sign(row.found.stance) == -coded.sign)
        mark = "!!" if opposite else "? " if row.found else "- " if row.seen else "--"
        yield f"{mark} {row.case.topic.id} {row.case.doc[:34]} {coded.actor}: {coded.label}, found {stance}"
        yield f"     gold: {_around(text, coded.words)}"
        if row.found:
            words = quoted(text, row.found.evidence)
            yield f"     {row.found.confidence}: {words!r} in {_around(text, row.found.evidence[0])}"


def _around(text: str, span: Span) -> str:
    low, high = text.rfind("\n", 0, span.start) + 1, text.find("\n", span.end)
    return repr(text[max(low, span.start - 120) : min(high if high >= 0 else len(text), span.end + 80)])


def main() -> None:
    """Score, then show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what is missed or wrong, the held-out part apart")
    parser.add_argument("--plain", action="store_true", help="measure on the invented plain news")
    parser.add_argument("--topic", help="only this topic")
    parser.add_argument("--data", type=Path, default=DATA, help="another file of coded actors, in the same form")
    options = parser.parse_args()
    if options.plain:
        found, texts = plain_cases()
    elif CORPUS.is_file():
        with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
            texts = {d["doc"]: d["text"] for d in map(json.loads, lines)}
        found = list(cases(texts, options.data))
    else:
        sys.exit(f"{CORPUS} is not there: nothing to measure stances with but --plain")
    rows = score([c for c in found if options.topic in (None, c.topic.id)], texts)
    for part in dict.fromkeys(row.case.part for row in rows):
        of_part = [r for r in rows if r.case.part == part]
        print(f"-- {part}", *figures(of_part), *calibration(of_part), sep="\n")
    if options.show:
        print(*faults([r for r in rows if r.case.part != HELD_OUT], texts), sep="\n")


if __name__ == "__main__":
    main()
