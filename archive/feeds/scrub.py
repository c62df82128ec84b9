"""Take out of markup what XML forbids and parsers stumble over, without touching anything else."""

from __future__ import annotations

import re

_CHARACTERS = (range(0x20, 0xD800), range(0xE000, 0xFFFE), range(0x10000, 0x110000))  # XML 1.0, section 2.2
_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]|\x1b(?![$(])")  # ESC $ and ESC ( switch ISO 2022 sets
_WIDE_DECLARED = re.compile(
    rb"""^([\xef\xbb\xbf\s]*<\?xml\b[^>]{0,100}?)\s+encoding\s*=\s*["'](?:utf-?16|utf-?32|ucs-?[24]|iso-10646-ucs-[24])[^"']{0,4}["']""",
    re.IGNORECASE,
)
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00", b"\x00\x00")


def scrub(markup: bytes) -> bytes:
    """The markup without control characters, and with U+FFFD for references to characters that XML excludes.

    UTF-16 and UTF-32, where such bytes are parts of letters, are left as they are; a declaration of them in bytes that
    are neither is taken out.
    """
    if markup.startswith(_WIDE):
        return markup
    markup = _WIDE_DECLARED.sub(rb"\1", markup, count=1)
    return _REFERENCE.sub(_legal, _CONTROLS.sub(b"", markup))


def _legal(reference: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0")
    code = int(digits or b"0", 16 if hexadecimal else 10) if len(digits) < 8 else -1
    legal = code in {0x9, 0xA, 0xD} or any(code in span for span in _CHARACTERS)
    return reference[0] if legal else b"&#xFFFD;"
