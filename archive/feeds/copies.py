"""Whether two articles carry the same story: by address, by the exact words, or by most of the words. Pure.

Wire copy runs in many papers, whole, cut short, or with a paragraph of their own. Candidates are found by keys that can
stand in a table: the address without what varies, a hash of the words, and bands of a MinHash over runs of four words
(Broder 1997; locality-sensitive hashing as in Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, 3.4). A
band in common proves nothing: every candidate is verified on the real sets.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from archive.model import fold

RUN = 4
"""Words of a shingle."""
FEWEST_WORDS = 25
"""Texts with fewer are told by their address only: headlines and teasers are alike by chance."""
PERMUTATIONS, ROWS = 64, 4
"""16 bands of 4: two texts half of whose shingles agree share one in 64 of 100 cases, two thirds in 97."""
SIMILAR = 0.6
"""From this share of common shingles on (Jaccard) two texts are one story."""
CONTAINED = 0.8
"""Or from this share of the shorter text's shingles on: papers cut wire copy from the end."""

_NOISE = re.compile(
    r"utm_\w+|at_\w+|ns_\w+|fbclid|gclid|mc_[ce]id|cmpid|cmp|ref|rss|source|partner|output|amp|traffic_source",
    re.IGNORECASE,
)
_SIDE = re.compile(r"^(?:www|m|mobile|amp)\.")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two articles are the same story: by ``url``, ``text`` or ``similar``; the share of shingles in common."""

    how: str
    share: float


@dataclass(frozen=True, slots=True)
class Story:
    """What of an article is compared: its address, a hash of its words, its shingles as numbers."""

    url: str | None
    words: str | None
    shingles: frozenset[int]


def story(text: str, url: str | None) -> Story:
    """An article as it is compared."""
    words = fold(text).split()
    if len(words) < FEWEST_WORDS:
        return Story(canonical_url(url), None, frozenset())
    runs = (" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:32]
    return Story(canonical_url(url), digest, frozenset(zlib.crc32(run.encode()) for run in runs))


def canonical_url(url: str | None) -> str | None:
    """An address without scheme, side hosts, tracking and fragment; None for none, and for a site's front page."""
    try:
        parts = urlsplit(url or "")
        host = _SIDE.sub("", (parts.hostname or "").lower())
    except ValueError:
        return None
    kept = sorted((name, value) for name, value in parse_qsl(parts.query) if not _NOISE.fullmatch(name))
    path = re.sub(r"/(?:amp|index\.html?)?$", "", parts.path)
    return f"{host}{path}" + (f"?{urlencode(kept)}" if kept else "") if host and (path or kept) else None


def keys(one: Story) -> list[str]:
    """The keys under which candidates are found; articles of one story most probably share one."""
    found = [f"u:{hashlib.sha256(one.url.encode()).hexdigest()[:24]}"] if one.url else []
    if one.words:
        found.append(f"x:{one.words[:24]}")
    return found + _bands(one.shingles) if one.shingles else found


def _bands(shingles: frozenset[int]) -> list[str]:
    import numpy as np  # noqa: PLC0415 - with datasketch half a second to load, and only new articles need it
    from datasketch import MinHash  # noqa: PLC0415 - as above

    sketch = MinHash(num_perm=PERMUTATIONS, hashfunc=int, seed=1)
    sketch.update_batch(sorted(shingles))
    rows = np.asarray(sketch.hashvalues, dtype="<u8").reshape(-1, ROWS)
    return [f"b{n}:{hashlib.sha256(row.tobytes()).hexdigest()[:16]}" for n, row in enumerate(rows)]


def likeness(one: Story, other: Story) -> Likeness | None:
    """How two articles are the same story, verified on their words; None where they are not."""
    if one.words and one.words == other.words:
        return Likeness("text", 1.0)
    share, contained = _overlap(one.shingles, other.shingles)
    if share >= SIMILAR or contained >= CONTAINED:
        return Likeness("similar", share)
    return Likeness("url", share) if one.url and one.url == other.url else None


def _overlap(one: frozenset[int], other: frozenset[int]) -> tuple[float, float]:
    common = len(one & other)
    if not common:
        return 0.0, 0.0
    return common / len(one | other), common / min(len(one), len(other))
