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
from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl, urlencode, urlsplit

from archive.model import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Sketch: TypeAlias = "NDArray[np.uint32]"

RUN = 4
"""Words of a shingle."""
FEWEST_WORDS = 25
"""Texts with fewer are told by their address only: headlines and teasers are alike by chance."""
PERMUTATIONS, ROWS = 64, 4
"""16 bands of 4: two texts half of whose shingles agree share one in 64 of 100 cases, two thirds in 97."""
AT_ONCE = 10_000
"""How many shingles are hashed at once, which takes 2.5 MB whatever the length of a text."""
_ODD = 0x9E3779B97F4A7C15
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
    joined = " ".join(words).encode()
    ends = list(accumulate(len(word) + 1 for word in joined.split(b" ")))
    runs = zip([0, *ends], ends[RUN - 1 :], strict=False)  # bytes of each run, with the blank after it
    digest = hashlib.sha256(joined).hexdigest()[:32]
    return Story(canonical_url(url), digest, frozenset([zlib.crc32(joined[start : end - 1]) for start, end in runs]))


def canonical_url(url: str | None) -> str | None:
    """An address without scheme, side hosts, tracking and fragment; None for none, and for a site's front page."""
    try:
        parts = urlsplit(url or "")
        host = _SIDE.sub("", (parts.hostname or "").lower())
    except ValueError:
        return None
    kept = sorted(pair for pair in parse_qsl(parts.query) if not _NOISE.fullmatch(pair[0])) if parts.query else []
    path = re.sub(r"/(?:amp|index\.html?)?$", "", parts.path)
    return f"{host}{path}" + (f"?{urlencode(kept)}" if kept else "") if host and (path or kept) else None


def keys(one: Story) -> list[int]:
    """The keys (64 bits and a sign) under which candidates are found; articles of one story probably share one."""
    found = [_key(b"u", one.url.encode())] if one.url else []
    if one.words:
        found.append(_key(b"x", one.words.encode()))
    return found + _bands(one.shingles) if one.shingles else found


def _key(kind: bytes, what: bytes) -> int:
    return int.from_bytes(hashlib.sha256(kind + b":" + what).digest()[:8], "big", signed=True)


def _bands(shingles: frozenset[int]) -> list[int]:
    import numpy as np  # noqa: PLC0415 - a tenth of a second to load, and only new articles need it

    halves = sketch(shingles).astype("<u4").view("<u8").reshape(-1, ROWS // 2)
    numbers = np.arange(1, len(halves) + 1, dtype=np.uint64)  # the same rows in another band are another key
    for half in halves.T:
        numbers = (numbers ^ half) * np.uint64(_ODD)
        numbers ^= numbers >> np.uint64(32)
    bands: list[int] = numbers.view(np.int64).tolist()
    return bands


def sketch(shingles: Collection[int]) -> Sketch:
    """The MinHash: for each of so many permutations of the 32-bit numbers, the least that the shingles become.

    The scheme is named because stored keys rest on it, and datasketch's default changed from 1.6 to 2.0.
    """
    from datasketch import MinHash  # noqa: PLC0415 - a second to load, for scipy; and only new articles need it

    found = MinHash(num_perm=PERMUTATIONS, hashfunc=int, seed=1, scheme="affine32")
    numbers = list(shingles)
    for at in range(0, len(numbers), AT_ONCE):
        found.update_batch(numbers[at : at + AT_ONCE])
    hashed: Sketch = found.hashvalues
    return hashed


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
