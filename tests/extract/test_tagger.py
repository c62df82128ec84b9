from __future__ import annotations

import gzip

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from archive.extract import lexicon, tagger
from archive.extract.tagger import Tagger, Weights, fits

TAGS = ["A", "B", "C"]
WORDS = st.lists(st.sampled_from(["ba", "Be", "bi", "x1", "’s"]), min_size=1, max_size=6)
ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(-1500, 1500)), max_size=3, unique_by=lambda pair: pair[0])
FEATURES = st.dictionaries(st.sampled_from(["wba", "wbe", "wbi", "sba", "1A", "1B", "4ba", "6bi", "b"]), ROWS)


def plainly(weights: Weights, words: list[str]) -> list[str]:
    """The tags, each tag's score added up by itself."""
    forms = [tagger.form(word) for word in words]
    lowers = [tagger.START, tagger.START, *(word.lower() for word in forms), tagger.END, tagger.END]
    tags = [tagger.START, tagger.START]
    for i, word in enumerate(forms):
        around = (lowers[i], lowers[i + 1], lowers[i + 3], lowers[i + 4])
        features = [
            *tagger.word_features(word, first=i == 0),
            *tagger.context_features(tags[-1], tags[-2], lowers[i + 2], around),
        ]
        scores = [0] * len(weights.tags)
        for feature in features:
            for tag, weight in weights.weights.get(feature, ()):
                scores[tag] += weight
        tags.append(weights.tags[scores.index(max(scores))])
    return tags[2:]


@given(FEATURES, WORDS)
def test_scores_in_one_integer_are_the_scores_by_themselves(
    features: dict[str, list[tuple[int, int]]], words: list[str]
) -> None:
    weights = Weights(TAGS, {}, features)
    one = Tagger(weights)
    assert one.tag(words) == plainly(weights, words)
    assert one.tag(words) == plainly(weights, words)  # what is remembered of a word is the same


def test_the_weights_that_ship_fit_their_lanes() -> None:
    packed = lexicon.pack("en").joinpath("tagger.json.gz").read_bytes()
    assert fits(msgspec.json.decode(gzip.decompress(packed), type=Weights))


def test_weights_that_would_run_over_are_told() -> None:
    assert fits(Weights(TAGS, {}, {"wba": [(0, 30_000)], "wbe": [(0, 30_000)]}))  # no word has both
    assert not fits(Weights(TAGS, {}, {"wba": [(0, 30_000)], "1A": [(0, 30_000)]}))
