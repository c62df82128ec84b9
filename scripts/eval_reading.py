"""Measure the reading on annotated news and on the seed article, and browse its errors.

    python scripts/eval_reading.py [--split dev|train] [--documents N] [--worst N] [--patterns] [--ablations]

The corpus is expected in ``../shared/corpus`` beside the repository, the scorers in ``../shared/tools``; without
them there is nothing to measure and the script says so. ``--worst`` prints that many of the worst documents with
gold (G) and found (F) side by side: ``=`` agree, ``~`` content agrees but not the speaker, ``-`` missed, ``+`` extra.
``--ablations`` adds the figures without the gate (whatever the lexicon is sure of passes) and without the tagger's
context (every word has the tag it has by itself).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import subprocess
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from archive.extract import attribution, gate, speakers
from archive.extract.lexicon import pack
from archive.extract.page import Candidate, Page
from archive.extract.tagger import Tagger, Weights
from archive.extract.text import analyse

Weigh = Callable[[Page, Candidate], float]

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
WORD = re.compile(r"\w+")
Spans = list[tuple[int, int]]


def documents(split: str, limit: int | None) -> list[dict[str, Any]]:
    """The gold documents of one split."""
    with gzip.open(SHARED / "corpus" / f"political-news-{split}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][:limit]


def read(text: str, *, by: Tagger | None = None, weigh: Weigh = gate.score) -> list[dict[str, Any]]:
    """The statements in a text, as ``archive extract --json`` gives them."""
    document = analyse(text, by=by)
    statements = speakers.resolve(document, attribution.find(document, weigh=weigh), None)
    return [
        {
            "speaker": _object(one.speaker) if one.speaker else None,
            "cue": [_object(span) for span in one.cue],
            "content": [_object(span) for span in one.content],
            "actor": {"name": one.actor.name} if one.actor else None,
            "speaks_for": {"name": one.speaks_for} if one.speaks_for else None,
            "pattern": one.pattern,
            "confidence": one.confidence,
        }
        for one in statements
    ]


def by_lexicon(page: Page, candidate: Candidate) -> float:
    """In the gate's place: only what the lexicon says."""
    del page
    return math.log(candidate.sure / (1 - candidate.sure))


def without_context() -> Tagger:
    """A tagger that looks at each word by itself."""
    packed = pack("en").joinpath("tagger.json.gz").read_bytes()
    weights = msgspec.json.decode(gzip.decompress(packed), type=Weights)
    alone = {feature: tags for feature, tags in weights.weights.items() if not feature[0].isdecimal()}
    return Tagger(Weights(weights.tags, weights.certain, alone))


def seed() -> str:
    """The scorer's word on the seed article."""
    text = (SHARED / "seed" / "article.txt").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder, "found.jsonl")
        found.write_text(json.dumps({"file": "article.txt", "statements": read(text)}), encoding="utf-8")
        return _run(SHARED / "tools" / "score_seed.py", found)


def _run(tool: Path, *arguments: Path) -> str:
    return subprocess.run([sys.executable, tool, *arguments], capture_output=True, text=True, check=True).stdout


def _object(span: tuple[int, int]) -> dict[str, int]:
    return {"start": span[0], "end": span[1]}


def score(gold: list[dict[str, Any]], found: list[list[dict[str, Any]]]) -> str:
    """The output of the corpus's own scorer."""
    with tempfile.TemporaryDirectory() as folder:
        golds, founds = Path(folder, "gold.jsonl"), Path(folder, "found.jsonl")
        golds.write_text("\n".join(json.dumps(d) for d in gold), encoding="utf-8")
        rows = ({"file": d["doc"] + ".txt", "statements": f} for d, f in zip(gold, found, strict=True))
        founds.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        return _run(SHARED / "tools" / "score_statements.py", golds, founds)


def words(starts: list[int], spans: Spans) -> frozenset[int]:
    """The numbers of the words that begin inside spans."""
    return frozenset(i for a, b in spans for i in range(bisect_left(starts, a), bisect_left(starts, b)))


def compared(document: dict[str, Any], found: list[dict[str, Any]]) -> list[Row]:
    """Gold and found, paired as the scorer pairs them, each pair with its sign."""
    starts = [m.start() for m in WORD.finditer(document["text"])]
    golds = [Roles(words(starts, g["source"]), words(starts, g["content"])) for g in document["attributions"]]
    founds = [
        Roles(words(starts, _pairs([f["speaker"]] if f["speaker"] else [])), words(starts, _pairs(f["content"])))
        for f in found
    ]
    pairs = (
        (len(g.content & f.content) / len(g.content | f.content), i, j)
        for i, g in enumerate(golds)
        for j, f in enumerate(founds)
        if not g.content.isdisjoint(f.content)
    )
    rows: list[Row] = []
    for jaccard, i, j in sorted(pairs, key=lambda pair: -pair[0]):
        if golds[i].free and founds[j].free:
            golds[i].free = founds[j].free = False
            g, f = golds[i], founds[j]
            agree = bool(g.source & f.source) or not (g.source or f.source)
            sign = "+" if jaccard < 0.5 else "=" if agree else "~"
            strict = jaccard >= 0.8 and g.source == f.source
            rows.append(Row(sign, document["attributions"][i], found[j], strict, jaccard))
    rows += [Row("-", document["attributions"][i], None) for i, g in enumerate(golds) if g.free and g.content]
    rows += [Row("+", None, found[j]) for j, f in enumerate(founds) if f.free and f.content]
    return sorted(rows, key=Row.place)


def _pairs(spans: list[dict[str, int]]) -> Spans:
    return [(s["start"], s["end"]) for s in spans]


@dataclass
class Roles:
    """The words of a source and a content, and whether they still await a partner."""

    source: frozenset[int]
    content: frozenset[int]
    free: bool = True


class Row(NamedTuple):
    """A gold attribution, a found one, or a pair of them, with how well they agree."""

    sign: str
    gold: dict[str, Any] | None
    found: dict[str, Any] | None
    strict: bool = False
    jaccard: float = 0.0

    def place(self) -> int:
        """Where in the text it stands."""
        if self.gold:
            return int(self.gold["content"][0][0])
        return int(self.found["content"][0]["start"]) if self.found else 0


def figures(rows: list[list[Row]]) -> str:
    """Precision, recall and F1 as the corpus's scorer counts them."""
    flat = [row for document in rows for row in document]
    gold, found = sum(r.gold is not None for r in flat), sum(r.found is not None for r in flat)
    lines = [f"documents {len(rows)}  gold {gold}  predicted {found}"]
    hits = {
        "content": sum(r.sign in "=~" for r in flat),
        "attribution": sum(r.sign == "=" for r in flat),
        "strict": sum(r.strict for r in flat),
    }
    for name, n in hits.items():
        precision, recall = n / max(1, found), n / max(1, gold)
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        lines.append(f"{name:12s} P {100 * precision:5.1f}  R {100 * recall:5.1f}  F1 {100 * f1:5.1f}")
    return "\n".join(lines)


def show(document: dict[str, Any], rows: list[Row]) -> None:
    """Print one document's rows."""
    text = document["text"]
    print(f"\n=== {document['doc']}")
    for sign, gold, found, *_ in rows:
        if gold:
            parts = [" … ".join(text[a:b] for a, b in gold[role]) for role in ("source", "cue", "content")]
            print(f"{sign} G [{parts[0]}] <{parts[1]}> {parts[2]}")
        if found and sign != "=":
            speaker = text[found["speaker"]["start"] : found["speaker"]["end"]] if found["speaker"] else ""
            cue, content = (" … ".join(text[s["start"] : s["end"]] for s in found[role]) for role in ("cue", "content"))
            print(f"{sign} F [{speaker}] <{cue}> {content}   ({found['pattern']} {found['confidence']})")


def main() -> None:
    """Score, then show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--split", default="dev", choices=("dev", "train"))
    parser.add_argument("--documents", type=int)
    parser.add_argument("--worst", type=int, default=0)
    parser.add_argument("--official", action="store_true", help="ask the corpus's own scorer")
    parser.add_argument("--patterns", action="store_true", help="how often each pattern is right")
    parser.add_argument("--ablations", action="store_true", help="the figures without gate and without context too")
    options = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit(f"{SHARED} is not there: nothing to measure with")
    gold = documents(options.split, options.documents)
    found = [read(document["text"]) for document in gold]
    rows = [compared(d, f) for d, f in zip(gold, found, strict=True)]
    print(score(gold, found).rstrip() if options.official else figures(rows))
    print("seed article:", *seed().splitlines()[-2:], sep="\n")
    if options.patterns:
        patterns(rows)
    if options.ablations:
        ablations(gold)
    errors = [(sum(r.sign != "=" for r in row), n) for n, row in enumerate(rows)]
    for _, n in sorted(errors, reverse=True)[: options.worst]:
        show(gold[n], rows[n])


def ablations(gold: list[dict[str, Any]]) -> None:
    """Print the figures without the gate and without the tagger's context."""
    tagger = without_context()
    for name, kept in (("without the gate", read_by_lexicon), ("without context", lambda text: read(text, by=tagger))):
        print(f"-- {name}", figures([compared(d, kept(d["text"])) for d in gold]), sep="\n")


def read_by_lexicon(text: str) -> list[dict[str, Any]]:
    """The statements in a text if the lexicon alone decides."""
    return read(text, weigh=by_lexicon)


def patterns(rows: list[list[Row]]) -> None:
    """Print, for each pattern, how many were found and how many of them are right."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        for sign, _, found, *_ in row:
            if found:
                count = counts.setdefault(found["pattern"], {"=": 0, "~": 0, "+": 0})
                count[sign] += 1
    for pattern, count in sorted(counts.items(), key=lambda item: -sum(item[1].values())):
        total = sum(count.values())
        print(
            f"{pattern:16s} {total:6d}  right {count['='] / total:.2f}  content {(count['='] + count['~']) / total:.2f}"
        )


if __name__ == "__main__":
    main()
