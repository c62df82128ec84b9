"""Markup → text: paragraphs separated by blank lines, nothing but the article's words.

Pure functions of bytes and strings. Whatever the markup does, they cost time in proportion to its size: no
recursion, no pattern that looks back, and a limit beyond which tags are only cut out.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Callable
from functools import cache
from itertools import accumulate, groupby

from lxml import etree
from lxml.html import HtmlElement, HTMLParser

from archive.errors import ParseError
from archive.feeds.scrub import scrub

FRAGMENT_READER = "text@1"
"""What tells the text of a piece of markup; its version changes whenever the same markup may give another text."""

DEEPEST_TREE = 400
MOST_TAGS = 100_000
LONGEST_CREDIT = 400
SHORT_TEXT = 2000

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_MARKED = re.compile("[<&\n\r\0\ud800-\udfff\u00ad\u200b\u2060\ufeff]")
"""What a line of nothing but words has none of."""
_TAG = re.compile(r"<[A-Za-z/!?]")
_WHOLE_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
_BLANKS = re.compile(r"\s+")
_OPENING = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|main|article|section|div|h1|p)\b",
    re.IGNORECASE | re.DOTALL,
)

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]+)", re.IGNORECASE)
_LEGACY = re.compile(
    r"iso-8859-(?:1[0-6]|[1-9])|windows-125[0-8]|cp125[0-8]|koi8-[ru]|macintosh|tis-620"
    r"|shift[_-]jis|euc-(?:jp|kr)|iso-2022-jp|gb2312|gbk|gb18030|big5"
)

_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "audio", "video", "form",
    "button", "select", "textarea", "nav", "figure", "figcaption", "head", "title",
})  # fmt: skip
_BLOCKS = frozenset({
    "html", "body", "p", "div", "section", "article", "main", "aside", "header", "footer", "address", "blockquote",
    "pre", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "details", "summary", "center",
})  # fmt: skip
_CREDITS = re.compile(r"(?:^|[\s_-])(?:credits?|captions?(?:-text)?|copyright)(?:$|[\s_-])", re.IGNORECASE)


def storable(text: str) -> str:
    """The same text, of the same length, with U+FFFD for what no database and no JSON can hold."""
    return _UNSTORABLE.sub("\ufffd", text)


def text_from_fragment(fragment: str) -> str:
    """The text of a piece of HTML, or of plain text with or without entities.

    Block elements become paragraphs, ``<br>`` a line break; scripts, styles, figures, captions and credits are
    left out. Text without any tag keeps its lines and paragraphs.
    """
    if not _MARKED.search(fragment):
        return fragment.strip()
    if not _TAG.search(fragment):
        return _plain(fragment)
    root = tree_of(fragment)
    return storable(_walk(root)) if root is not None else _plain(_WHOLE_TAG.sub("\n\n", fragment))


def text_from_page(page: bytes, url: str | None = None) -> str:
    """The main text of a web page, without menus, teasers and comments; empty where there is none.

    ``url`` only helps to tell the site's own furniture. ParseError where the page defeats trafilatura.
    """
    markup = decode(scrub(page))
    root = tree_of(markup)
    if root is None:
        return _plain(_WHOLE_TAG.sub("\n\n", markup))
    blocks = _walk(root)
    for element in [element for element in root.iter() if _is_aside(element)]:
        if element is not root:
            element.drop_tree()
    import trafilatura  # noqa: PLC0415 - it takes half a second to load, and most runs read no page

    try:
        text = trafilatura.extract(root, url=url, include_comments=False, include_tables=False, output_format="txt")
    except Exception as error:  # it works on foreign trees with five libraries: any of them may raise anything
        raise ParseError(f"the page's text cannot be told: {type(error).__name__}: {error}", where=url) from error
    lines = [line for line in map(_tidy, (text or "").splitlines()) if line]
    joined = len(lines) == 1 and len(lines[0]) <= SHORT_TEXT
    return storable("\n\n".join(_unjoined(lines[0], blocks) if joined else lines))


def _unjoined(line: str, blocks: str) -> list[str]:
    """The paragraphs of a text that trafilatura, as it does with very short ones, has joined to one line."""
    paragraphs = [paragraph for paragraph in map(_tidy, blocks.split("\n\n")) if paragraph in line]
    return paragraphs if " ".join(paragraphs) == line else [line]


@cache
def page_reader() -> str:
    """What tells the main text of a page, as :data:`FRAGMENT_READER` does that of a piece of markup."""
    from importlib.metadata import version  # noqa: PLC0415 - a third of what a worker takes to start

    return f"page@1 trafilatura@{version('trafilatura')}"


def looks_like_html(data: bytes) -> bool:
    """Whether a file is HTML rather than plain text: it begins with a tag that HTML documents begin with."""
    return _OPENING.match(data[:4096].removeprefix(b"\xef\xbb\xbf")) is not None


def decode(data: bytes) -> str:
    """The characters of a file: UTF-8 if it mostly is, else as it declares itself, else Windows-1252.

    Who says Latin-1 means Windows-1252, whose quotation marks would else be lost; see
    https://encoding.spec.whatwg.org/#names-and-labels
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("utf-8-sig", "replace")
    damaged = text.count("\ufffd")
    sound = sum(not character.isascii() for character in text) - damaged
    return text if sound > damaged else data.decode(_declared(data), "replace")


def _declared(data: bytes) -> str:
    found = _CHARSET.search(data[:2048])
    name = found[1].decode("ascii").lower() if found else ""
    return name if _LEGACY.fullmatch(name) and name != "iso-8859-1" else "cp1252"


def title_of(page: bytes) -> str | None:
    """The title an HTML page gives itself."""
    root = tree_of(decode(scrub(page)))
    found = root.findtext(".//title") if root is not None else None
    return _tidy(found) or None if found else None


def tree_of(markup: str) -> HtmlElement | None:
    """The parsed markup; None where it is no tree, or one so large or deep that its walk would cost too much."""
    if markup.count("<") > MOST_TAGS:
        return None
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None
    few = markup.count("<") < DEEPEST_TREE // 2  # too few for depth, whatever the parser adds
    return root if root is not None and (few or _shallow(root)) else None


def _shallow(root: etree._Element) -> bool:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > DEEPEST_TREE:
            return False
    return True


def _walk(root: HtmlElement) -> str:
    """The text in document order, cut into paragraphs where blocks begin and end."""
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        block = element.tag in _BLOCKS
        if event == "start":
            pieces.append("\n\n" if block else _inline(element.tag))
            if element.tag in _SKIPPED or _is_aside(element):
                walk.skip_subtree()
            else:
                pieces.append(_BLANKS.sub(" ", element.text or ""))
        else:
            pieces.append("\n\n" if block else "")
            pieces.append(_BLANKS.sub(" ", element.tail or ""))
    return _paragraphs("".join(pieces), _tidy)


def _is_aside(element: etree._Element) -> bool:
    """A figure, or a short element whose class says that it is a caption or a credit."""
    if element.tag in {"figure", "figcaption"}:
        return True
    if not _CREDITS.search(element.get("class") or ""):
        return False
    lengths = accumulate(len(piece) for piece in element.itertext())
    return all(length <= LONGEST_CREDIT for length in lengths)


def _inline(tag: object) -> str:
    return "\n" if tag == "br" else " " if tag in {"td", "th"} else ""


def _plain(text: str) -> str:
    unescaped = storable(html.unescape(text)).replace("\r\n", "\n").replace("\r", "\n")
    return _paragraphs(unescaped, lambda line: _INVISIBLE.sub("", line).rstrip())


def _paragraphs(text: str, tidy: Callable[[str], str]) -> str:
    """The lines made tidy; empty ones, however many, part paragraphs."""
    runs = groupby((tidy(line) if line else "" for line in text.split("\n")), key=bool)
    return "\n\n".join("\n".join(lines) for filled, lines in runs if filled).strip()


def _tidy(line: str) -> str:
    return " ".join(_INVISIBLE.sub("", line).split())
