"""The short way through plain feeds comes to what feedparser comes to, or is not taken."""

from __future__ import annotations

import tarfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.errors import ParseError
from archive.feeds import plain
from archive.feeds.parse import ParsedFeed, parse

URL = "https://wire.example/feed"
TYPES = ("", "application/xml", "text/xml", "application/rss+xml; charset=utf-8", "text/html", "Application/XML")
RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
    ' xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:wfw="http://wellformedweb.org/CommentAPI/">'
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"{}>'


def both(body: bytes, kind: str, url: str = URL) -> tuple[ParsedFeed | str, ParsedFeed | str, bool]:
    """What comes of a document, what came of it by feedparser alone, and whether the short way was taken."""
    headers = {"content-type": kind} if kind else {}
    taken = []
    short = plain.read

    def watched(*given: object) -> object:
        taken.append(short(*given))  # type: ignore[arg-type] # handed on as it came
        return taken[-1]

    def outcome() -> ParsedFeed | str:
        try:
            return parse(body, headers, url)
        except ParseError as error:
            return str(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain, "read", watched)
        ours = outcome()
        patch.setattr(plain, "read", lambda *_: None)
        return ours, outcome(), bool(taken and taken[-1])


@pytest.mark.parametrize("corpus", ["real-feeds.tar.gz", "feedparser-tests.tar.gz"])
def test_every_document_of_the_corpora_comes_to_the_same(corpus: str, shared: Path) -> None:
    short = 0
    wrong = []
    with tarfile.open(shared / "corpus" / corpus) as tar:
        for number, member in enumerate(one for one in tar if one.isfile()):
            file = tar.extractfile(member)
            body = file.read() if file else b""
            for kind in (TYPES[number % len(TYPES)], "application/xml"):
                ours, theirs, taken = both(body, kind)
                short += taken
                if ours != theirs:
                    wrong.append((member.name, kind))
    assert wrong == []
    assert short > 0


WORDS = st.text(
    st.sampled_from("abcé ’ß\u0085\xa0Ã©<>&;\n\t\"']]>漢\U0001f600")
    | st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"),
    max_size=12,
)
TEXTS = WORDS.map(escape) | WORDS.filter(lambda text: "]]>" not in text).map("<![CDATA[{}]]>".format)
TEXTS |= st.sampled_from(
    ["&#233;", "&#x2019;", "<b>x</b>", "<!-- c -->", "a<!-- c -->b", "&nbsp;", "&lt;p&gt;", "A&amp;B"]
)
ADDRESSES = st.sampled_from(
    [
        "https://wire.example/1",
        "http://wire.example/a?b=1&amp;c=2",
        "/relative",
        "https:///wire.example",
        "urn:x:1",
        "tag:wire.example,2024:1",
        " https://wire.example/2 ",
        "x?a&amp;copy;b",
        "https://wïre.example/",
        "",
        "mailto:a@b.example",
        "http://[::1",
        "1234",
    ]
)
DATES = st.sampled_from(["Mon, 05 Feb 2024 10:00:00 GMT", "2024-02-05T10:00:00Z", "yesterday", ""])


def element(
    name: str, text: st.SearchStrategy[str], attributes: st.SearchStrategy[str] | None = None
) -> st.SearchStrategy[str]:
    return st.builds(
        lambda inner, more: f"<{name}{more}>{inner}</{name}>",
        text,
        st.just("") if attributes is None else attributes,
    )


RARELY = st.sampled_from(
    [
        "<media:title xmlns:media='http://search.yahoo.com/mrss/'>M</media:title>",
        "<source url='https://x.example'>S</source>",
        "<x>y</x>",
        "stray",
        "<!-- c -->",
        "<?p i?>",
        "<title xml:lang='fr'>T</title>",
        "<dc:date>2024-02-05</dc:date>",
        "<atom:link href='https://wire.example/3'/>",
        "<image><url>u</url><title>I</title><link>l</link></image>",
        "<item><title>in</title></item>",
        "<entry><title>in</title></entry>",
        "<link/>",
        "<guid/>",
        "<svg/>",
        "<author>A<b/></author>",
    ]
)
RSS_ITEM = st.one_of(
    element("title", TEXTS),
    element("link", ADDRESSES),
    element("description", TEXTS),
    element("content:encoded", TEXTS),
    element(
        "guid", ADDRESSES, st.sampled_from(["", ' isPermaLink="false"', ' isPermaLink="true"', ' ispermalink="0"'])
    ),
    element("pubDate", DATES),
    element("author", TEXTS),
    element("dc:creator", TEXTS),
    element("category", TEXTS),
    element("category", TEXTS, st.just(' domain="d"')),
    element("comments", ADDRESSES),
    element("slash:comments", TEXTS),
    element("wfw:commentRss", ADDRESSES),
    st.just('<enclosure url="u" length="1" type="a/b"/>'),
)
RSS_FEED = st.one_of(
    element("title", TEXTS),
    element("link", ADDRESSES),
    element("description", TEXTS),
    element("language", TEXTS),
    element("ttl", st.sampled_from(["60", "x", ""])),
    element("pubDate", DATES),
    element("lastBuildDate", DATES),
    element("generator", TEXTS),
    element("copyright", TEXTS),
    element("managingEditor", TEXTS),
    element("webMaster", TEXTS),
    st.just('<atom:link rel="self" href="https://wire.example/feed"/>'),
    st.just('<atom:link href="https://wire.example/"/>'),
)
KINDS = st.sampled_from(["", ' type="text"', ' type="html"', ' type="HTML"', ' type="xhtml"', ' type="text/html"'])
LINKS = st.builds(
    lambda href, more: f"<link href={quoteattr(href)}{more}/>",
    st.sampled_from(["https://wire.example/1", "https://wire.example/2?a=1&b=2", "/relative", ""]),
    st.sampled_from(
        ["", ' rel="alternate"', ' rel="self"', ' rel="Alternate" type="text/html"', ' type="image/png"', ' rel="edit"']
    ),
)
PERSONS = st.sampled_from(
    [
        "<author><name>Ada Quill</name></author>",
        "<author><name>Ada</name><uri>https://wire.example/ada</uri></author>",
        "<author>\n <name>Ada &amp; Co</name>\n</author>",
        "<author><name></name></author>",
        "<author><name>Ada</name><email>ada@wire.example</email></author>",
    ]
)
ATOM_ENTRY = st.one_of(
    element("title", TEXTS, KINDS),
    element("id", ADDRESSES),
    LINKS,
    element("updated", DATES),
    element("published", DATES),
    element("summary", TEXTS, KINDS),
    element("content", TEXTS, KINDS),
    PERSONS,
    st.just('<category term="t"/>'),
)
ATOM_FEED = st.one_of(
    element("title", TEXTS, KINDS),
    element("id", ADDRESSES),
    LINKS,
    element("updated", DATES),
    PERSONS,
    element("subtitle", TEXTS, KINDS),
    element("generator", TEXTS, st.just(' version="1"')),
    element("icon", ADDRESSES),
)


def some(known: st.SearchStrategy[str], most: int) -> st.SearchStrategy[list[str]]:
    """Mostly different elements: a second of a name makes the short way end."""

    def name(one: str) -> str:
        return one.partition(">")[0].partition(" ")[0]

    often = st.lists(known, max_size=most, unique_by=name)
    return st.one_of(often, often, often, st.lists(known | RARELY, max_size=most))


def documents(atom: bool) -> st.SearchStrategy[str]:
    item, channel, one = (ATOM_ENTRY, ATOM_FEED, "entry") if atom else (RSS_ITEM, RSS_FEED, "item")
    entries = st.lists(some(item, 7).map(lambda parts: f"<{one}>\n{''.join(parts)}</{one}>"), max_size=3)
    heads = st.sampled_from(["", ' xml:lang="en-GB"', ' xml:lang="de_AT"', ' xml:lang=""']).map(ATOM.format)
    opening, closing = (heads, "</feed>") if atom else (st.just(f"{RSS}<channel>"), "</channel></rss>")
    declared = st.sampled_from(
        [
            "",
            '<?xml version="1.0"?>',
            '<?xml version="1.0" encoding="utf-8"?>\n',
            '<?xml version="1.0" encoding="iso-8859-1"?>',
            "\n",
            "<!-- c -->",
            "\ufeff",
        ]
    )
    parts = st.tuples(declared, opening, some(channel, 5), entries, some(channel, 2))
    return parts.map(lambda p: f"{p[0]}{p[1]}{''.join(p[2])}{''.join(p[3])}{''.join(p[4])}{closing}")


@settings(max_examples=400, deadline=None)
@given(documents(False) | documents(True), st.sampled_from(TYPES), st.sampled_from([URL, "feeds/wire.xml"]))
@example(f"{RSS}<channel><item><title>A &amp; B</title><guid>x</guid></item></channel></rss>", "", URL)
def test_what_is_generated_comes_to_the_same(document: str, kind: str, url: str) -> None:
    ours, theirs, _ = both(document.encode(), kind, url)
    assert ours == theirs


@pytest.mark.parametrize("kind", ["", "application/xml", "application/rss+xml; charset=UTF-8"])
def test_plain_documents_take_the_short_way(kind: str) -> None:
    rss = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{RSS}<channel><title>Wire</title><link>https://wire.example/</link>'
        "<item><title>Café</title><link>https://wire.example/1</link><guid isPermaLink='false'>g1</guid>"
        "<pubDate>Mon, 05 Feb 2024 10:00:00 GMT</pubDate><dc:creator>Ada Quill</dc:creator>"
        "<description><![CDATA[<p>One.</p>]]></description></item></channel></rss>"
    )
    atom = (
        ATOM.format(' xml:lang="en"') + "<title>Wire</title><id>urn:w</id><entry><id>urn:w:1</id><title>A</title>"
        '<link href="https://wire.example/1"/><updated>2024-02-05T10:00:00Z</updated><author><name>Ada</name></author>'
        '<summary type="html">&lt;p&gt;One.</summary><content>Two.</content></entry></feed>'
    )
    for document in (rss, atom):
        ours, theirs, taken = both(document.encode(), kind)
        assert taken
        assert ours == theirs
        assert isinstance(ours, ParsedFeed)
        assert len(ours.entries) == 1


HOSTILE = {
    "a doctype": '<!DOCTYPE rss [<!ENTITY x "y">]>' + f"{RSS}<channel><item><title>&x;</title></item></channel></rss>",
    "an unknown entity": f"{RSS}<channel><item><title>&nbsp;x</title></item></channel></rss>",
    "a doctype as text": f"{RSS}<channel><item><title><![CDATA[<!DOCTYPE x>]]></title></item></channel></rss>",
    "cut short": f"{RSS}<channel><item><title>A</title></item><item><title>B",
    "markup as text": f"{RSS}<channel><item><title>A<b>b</b></title></item></channel></rss>",
    "a namespace inside": f"{RSS}<channel><item><x xmlns='urn:y'/><title>A</title></item></channel></rss>",
    "a lying encoding": f'<?xml version="1.0" encoding="iso-8859-1"?>{RSS}<channel><title>é</title></channel></rss>',
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_anything_unusual_is_for_feedparser(document: str) -> None:
    ours, theirs, taken = both(document.encode(), "application/xml")
    assert not taken
    assert ours == theirs
