"""Bodies: unpacked block by block they are what was packed, however they arrive."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.feeds.body import BLOCK, Body, BodyError

LENGTHS = st.sampled_from([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK]) | st.integers(0, 4 * BLOCK)


@given(LENGTHS, st.binary(min_size=1, max_size=50), st.integers(1, 100_000), st.sampled_from(["gzip", "deflate"]))
def test_what_was_packed_comes_out_whole(length: int, pattern: bytes, step: int, encoding: str) -> None:
    plain = (pattern * (length // len(pattern) + 1))[:length]
    packed = gzip.compress(plain, 1) if encoding == "gzip" else zlib.compress(plain, 1)
    body = Body(encoding, 2**22, 2**22)
    for at in range(0, len(packed), step):
        body.add(packed[at : at + step])
    assert body.whole() == plain


def test_a_bomb_is_found_out_after_the_block_that_is_too_much() -> None:
    body = Body("gzip", 2**22, BLOCK)
    with pytest.raises(BodyError, match="unfolds to more"):
        body.add(gzip.compress(bytes(2**26)))
    assert len(body._plain) <= 2 * BLOCK
