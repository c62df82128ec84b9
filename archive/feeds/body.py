"""A body as it arrives: bounded on the wire and after decompression, and whole or an error."""

from __future__ import annotations

import zlib

_GZIP, _ZLIB, _RAW = 31, 15, -15
BLOCK = 2**18
"""Bytes unpacked at a time: a bomb is to be found out before it is held twice."""

_GZIP_MAGIC = b"\x1f\x8b"


class BodyError(ValueError):
    """The body is too large, cut short, damaged, or in an encoding nobody asked for."""


class Body:
    """Collects the chunks of one response, decompressing by hand: a megabyte may unfold to a gigabyte.

    ``encoding`` is the Content-Encoding. At most ``wire_bytes`` may arrive, and ``plain_bytes`` come of them.
    """

    def __init__(self, encoding: str, wire_bytes: int, plain_bytes: int) -> None:
        """BodyError for an encoding other than gzip and deflate."""
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in {"", "identity", "gzip", "deflate"}:
            raise BodyError(f"the body has an encoding nobody asked for: {encoding[:40]}")
        self._wire_bytes, self._plain_bytes = wire_bytes, plain_bytes
        self._arrived, self._plain = 0, bytearray()
        self._inflater: zlib._Decompress | None = None

    def add(self, chunk: bytes) -> None:
        """Take the next bytes off the wire."""
        self._arrived += len(chunk)
        if self._arrived > self._wire_bytes:
            raise BodyError(f"the body is larger than {self._wire_bytes} bytes")
        if self._encoding in {"gzip", "deflate"}:
            self._inflate(chunk)
        else:
            self._keep(chunk)

    def whole(self) -> bytes:
        """The plain bytes. BodyError where the compressed stream has not come to its end."""
        if self._inflater and not self._inflater.eof:
            raise BodyError("the compressed body is cut short")
        return bytes(self._plain)

    def _inflate(self, chunk: bytes) -> None:
        full = False
        while chunk or full:
            if self._inflater is None:
                self._inflater = zlib.decompressobj(_window(self._encoding, chunk))
            elif self._inflater.eof:
                if not chunk.startswith(_GZIP_MAGIC):
                    return  # padding after the last member is common and harmless
                self._inflater = zlib.decompressobj(_GZIP)
            try:
                plain = self._inflater.decompress(chunk, BLOCK)
            except zlib.error as error:
                raise BodyError(f"the compressed body is damaged: {error}") from error
            self._keep(plain)
            full = len(plain) == BLOCK  # then more may come of what was taken in already
            chunk = self._inflater.unused_data or self._inflater.unconsumed_tail

    def _keep(self, plain: bytes) -> None:
        self._plain += plain
        if len(self._plain) > self._plain_bytes:
            raise BodyError(f"the body unfolds to more than {self._plain_bytes} bytes")


def _window(encoding: str, first: bytes) -> int:
    """What zlib is to expect. Some servers send deflate without the zlib header (RFC 1950) it should have."""
    if encoding == "gzip":
        return _GZIP
    headed = first[0] & 0x0F == 8 and (len(first) == 1 or int.from_bytes(first[:2]) % 31 == 0)
    return _ZLIB if headed else _RAW
