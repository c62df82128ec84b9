"""What a document holds by libxml2's reading, which goes on after an error: counted, and saved entry by entry.

Feedparser loses entries without a word where a document is not well-formed: its strict parser stops at the first
error and its loose one swallows what follows an unfinished tag. So what it found is compared with this count, and
where something is missing each entry is cut out into a small document of its own and parsed again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

from lxml import etree

ENTRIES = frozenset({"item", "entry"})
"""What RSS and RDF, and Atom, call an entry; in any namespace and case, for real feeds get both wrong."""

_DOCTYPE = re.compile(rb"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ENTRY_TAG = re.compile(rb"<(/?)(?:[\w.-]+:)?(?:item|entry)(?=[\s>/])[^>]*?(/?)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cut:
    """One entry by itself: the bytes of its element, and a document with it alone in which it can be parsed."""

    raw: bytes
    document: bytes


class Recovered:
    """A document read with all errors forgiven. No entity is resolved and nothing is loaded."""

    def __init__(self, markup: bytes) -> None:
        """Read the markup; what libxml2 cannot make anything of has no entries."""
        parser = etree.XMLParser(recover=True, huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False)
        without, doctypes = _DOCTYPE.subn(b"", markup)
        try:
            self._root = etree.fromstring(without, parser)
        except (etree.XMLSyntaxError, ValueError):
            self._root = None
        self.sound = self._root if not doctypes and not len(parser.error_log) else None
        """The root of the tree, where nothing had to be forgiven and nothing was left out."""

    def __len__(self) -> int:
        """How many entries the document holds."""
        return sum(1 for _ in self._elements())

    def cuts(self) -> Iterator[Cut]:
        """Each entry cut out, in the order of the document."""
        for element in self._elements():
            alone = deepcopy(element)
            alone.tail = None
            etree.strip_elements(alone, *{inner.tag for inner in alone.iterdescendants() if _is_entry(inner)})
            yield Cut(etree.tostring(alone), self._document(alone))

    def raw(self, number: int) -> bytes:
        """The bytes of the entry with this number, counted from 0; empty where there is none."""
        for at, element in enumerate(self._elements()):
            if at == number:
                return etree.tostring(element, with_tail=False)
        return b""

    def _elements(self) -> Iterator[etree._Element]:
        return (element for element in self._root.iter() if _is_entry(element)) if self._root is not None else iter(())

    def _document(self, entry: etree._Element) -> bytes:
        """The entry within a root that has the original's name, namespaces, language and base."""
        assert self._root is not None
        names = cast(
            "dict[str, str]", self._root.nsmap
        )  # the default namespace has the name None, which the stubs deny
        root = etree.Element(self._root.tag, dict(self._root.attrib), nsmap=names)
        within = etree.SubElement(root, "channel") if _local(root) == "rss" else root
        within.append(entry)
        return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def breaks_off(markup: bytes) -> bool:
    """Whether the markup ends inside an entry: the document was cut short, and its last entry with it."""
    within = False
    for tag in _ENTRY_TAG.finditer(markup):
        within = not (tag[1] or tag[2])
    return within


def _is_entry(element: etree._Element) -> bool:
    return _local(element) in ENTRIES


def _local(element: etree._Element) -> str:
    """The name without namespace and prefix, in lower case; empty for comments and instructions."""
    tag: object = element.tag  # a function for comments and instructions, whatever the stubs say
    return tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(tag, str) else ""
