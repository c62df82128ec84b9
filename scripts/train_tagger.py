"""Train the part-of-speech tagger of a language pack on a Universal Dependencies treebank.

    python scripts/train_tagger.py TREEBANK.tar.gz OUT.json.gz [--test]

TREEBANK holds ``*-train.conllu``, ``*-dev.conllu`` and ``*-test.conllu`` (the English Web Treebank, CC BY-SA 4.0:
the weights are under the same licence). With ``--test`` it trains on train and prints the share of right tags
on dev; without, it trains on train and dev together, which is what ships, and prints the share on test.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from archive.extract import cues, tagger

Tagged = list[tuple[str, str]]

PASSES = 8
SCALE = 100
SMALLEST = 80
"""Weights nearer to zero than this (in hundredths) are left out: they hardly ever decide."""


def sentences(treebank: Path, part: str) -> list[Tagged]:
    """The sentences of one part of the treebank, with the tags this project uses."""
    with tarfile.open(treebank) as tar:
        name = next(member for member in tar.getnames() if member.endswith(f"-{part}.conllu"))
        file = tar.extractfile(name)
        assert file is not None
        return [list(joined(rows)) for rows in blocks(io.TextIOWrapper(file, encoding="utf-8"))]


def blocks(lines: io.TextIOWrapper) -> Iterator[list[list[str]]]:
    """The rows of each sentence that stand for words."""
    rows: list[list[str]] = []
    glued = ""
    for line in lines:
        cells = line.rstrip("\n").split("\t")
        if len(cells) == 10 and "-" in cells[0]:
            glued = cells[0].split("-")[1]
        elif len(cells) == 10 and cells[0].isdecimal():
            if glued and cells[0] != glued:
                cells[9] = "SpaceAfter=No"
            rows.append(cells)
        elif rows and len(cells) < 10 and not line.strip():
            yield rows
            rows, glued = [], ""


def joined(rows: Sequence[list[str]]) -> Iterator[tuple[str, str]]:
    """Words and tags, hyphenated words joined as our tokenizer has them, with the tag of their last part."""
    word = tag = ""
    glue = False
    for row in rows:
        tight = "SpaceAfter=No" in row[9]
        hyphen = row[1] in {"-", "/"} and row[4] in {"HYPH", ","} and bool(word) and glue and tight
        if word and not (hyphen or (glue and word[-1] in "-/" and len(word) > 1 and row[1][0].isalnum())):
            yield word, tag
            word = ""
        word, tag = word + row[1], tag if hyphen else simplified(row[1], row[4])
        glue = tight
    if word:
        yield word, tag


def simplified(word: str, tag: str) -> str:
    """A treebank tag as this project uses it."""
    if word in tagger.MARKS:
        return tagger.MARKS[word]
    return {"``": "QUOTE", "''": "QUOTE", "HYPH": "DASH", "NFP": "SYM", "GW": "XX", "LS": "SYM"}.get(tag, tag)


def titled(sentence: Tagged) -> Tagged:
    """The sentence as a headline is written."""
    return [
        (word[:1].upper() + word[1:] if i == 0 or len(word) > 3 or tag[:1] in "NVJ" else word, tag)
        for i, (word, tag) in enumerate(sentence)
    ]


def counted(data: Sequence[Tagged]) -> dict[str, Counter[str]]:
    """How often each word has each tag."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in data:
        for word, tag in sentence:
            counts[tagger.form(word)][tag] += 1
    return counts


def certain(counts: dict[str, Counter[str]], numbers: dict[str, int], least: int, share: float) -> dict[str, int]:
    """Words seen at least so often that have one tag in more than this share of cases."""
    best = ((word, *tags.most_common(1)[0], tags.total()) for word, tags in counts.items())
    return {word: numbers[tag] for word, tag, n, total in best if total >= least and n / total > share}


def plain(word: str) -> bool:
    """Whether a word shows no sign of being a verb form or name, which context must decide."""
    return word[:1].islower() and not word.endswith(("s", "ed", "ing")) and word not in cues.load("en").verbs


class Trainer:
    """The averaged perceptron: weights, their sums over time, and when each was last touched."""

    def __init__(self, tags: list[str], sure: dict[str, int]) -> None:
        self.tags, self.sure = tags, sure
        self.weights: dict[str, dict[int, float]] = {}
        self.sums: dict[tuple[str, int], float] = defaultdict(float)
        self.touched: dict[tuple[str, int], int] = defaultdict(int)
        self.clock = 0

    def learn(self, sentence: Tagged, numbers: dict[str, int]) -> int:
        """Tag a sentence, correct the weights where that went wrong, and count the errors."""
        forms = [tagger.form(word) for word, _ in sentence]
        lowers = [tagger.START, tagger.START, *(w.lower() for w in forms), tagger.END, tagger.END]
        before2 = before = tagger.START
        errors = 0
        for i, word in enumerate(forms):
            tag = tagger.MARKS.get(word) or (self.tags[self.sure[word]] if word in self.sure else None)
            if tag is None:
                around = (lowers[i], lowers[i + 1], lowers[i + 3], lowers[i + 4])
                features = [
                    *tagger.word_features(word, first=i == 0),
                    *tagger.context_features(before, before2, lowers[i + 2], around),
                ]
                guess, gold = self.guess(features), numbers[sentence[i][1]]
                self.clock += 1
                if guess != gold:
                    errors += 1
                    self.correct(features, gold, 1.0)
                    self.correct(features, guess, -1.0)
                tag = self.tags[guess]
            before2, before = before, tag
        return errors

    def guess(self, features: Sequence[str]) -> int:
        """The number of the best tag."""
        scores = [0.0] * len(self.tags)
        for feature in features:
            for tag, weight in self.weights.get(feature, {}).items():
                scores[tag] += weight
        return scores.index(max(scores))

    def correct(self, features: Sequence[str], tag: int, by: float) -> None:
        """Move the weights of one tag."""
        for feature in features:
            weights = self.weights.setdefault(feature, {})
            key, old = (feature, tag), weights.get(tag, 0.0)
            self.sums[key] += (self.clock - self.touched[key]) * old
            self.touched[key] = self.clock
            weights[tag] = old + by

    def averaged(self) -> dict[str, list[tuple[int, int]]]:
        """The weights' averages over time in hundredths, small ones left out."""
        result: dict[str, list[tuple[int, int]]] = {}
        for feature, weights in sorted(self.weights.items()):
            kept = []
            for tag, weight in sorted(weights.items()):
                key = (feature, tag)
                mean = (self.sums[key] + (self.clock - self.touched[key]) * weight) / self.clock
                if abs(rounded := round(mean * SCALE)) >= SMALLEST:
                    kept.append((tag, rounded))
            if kept:
                result[feature] = kept
        return result


def train(data: list[Tagged]) -> tagger.Weights:
    """The weights for a list of tagged sentences; the same list gives the same weights."""
    tags = sorted({tag for sentence in data for _, tag in sentence} | set(tagger.MARKS.values()))
    numbers = {tag: i for i, tag in enumerate(tags)}
    counts = counted(data)
    trainer = Trainer(tags, certain(counts, numbers, 30, 0.995))
    order = random.Random(0)
    everything = data + [titled(s) for s in data[::8]]
    for turn in range(PASSES):
        order.shuffle(everything)
        errors = sum(trainer.learn(sentence, numbers) for sentence in everything)
        print(f"pass {turn + 1}: {errors} errors", flush=True)
    more = {word: tag for word, tag in certain(counts, numbers, 5, 0.98).items() if plain(word)}
    return tagger.Weights(tags, trainer.sure | more, trainer.averaged())


def accuracy(weights: tagger.Weights, data: list[Tagged]) -> float:
    """The share of words that get the right tag."""
    one = tagger.Tagger(weights)
    pairs = [(g, f) for s in data for (_, g), f in zip(s, one.tag([w for w, _ in s]), strict=True)]
    return sum(g == f for g, f in pairs) / len(pairs)


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("treebank", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--test", action="store_true", help="train on train only and measure on dev")
    options = parser.parse_args()
    data = sentences(options.treebank, "train")
    if not options.test:
        data += sentences(options.treebank, "dev")
    weights = train(data)
    if not tagger.fits(weights):
        raise SystemExit("the weights are too large for the tagger's lanes: raise tagger.LANE or lower SCALE")
    options.out.write_bytes(gzip.compress(msgspec.json.encode(weights), 9, mtime=0))
    held = "dev" if options.test else "test"
    share = accuracy(weights, sentences(options.treebank, held))
    print(f"{len(weights.weights)} features, {options.out.stat().st_size} bytes, {share:.4f} right on {held}")


if __name__ == "__main__":
    main()
