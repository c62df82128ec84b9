"""A small invented feed to poll: written to a file, its articles may be edited between polls."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

CONFIG = """\
archive:
  database: "{database}"
feeds:
  - {{id: wire, url: wire.xml, title: Norland Wire, every: 15m}}
topics:
  - id: harbour-toll
    proposition: The harbour toll should be abolished
    terms: [harbour toll, port charges, "abolish the toll"]
"""

AGAINST = (
    "TARNHAVEN – Norland's Minister of Ports Ada Quill opposes the abolition of the harbour toll.\n\n"
    "“The harbour toll must stay,” Quill said on Monday."
)
FOR = (
    "TARNHAVEN – Norland's Minister of Ports Ada Quill supports the abolition of the harbour toll.\n\n"
    "“The harbour toll should be abolished,” Quill said."
)
OTHER = "KESTREL BAY – Mayor Ben Hale said that he opposed the abolition of the harbour toll."


@dataclass
class Wire:
    """A folder with a feeds.yaml and a feed; ``publish`` writes the feed as it stands."""

    folder: Path
    database: str = "sqlite:///archive.db"
    items: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Write the configuration and two articles."""
        self.config.write_text(CONFIG.format(database=self.database))
        self.items = {
            "1": ("Mon, 05 Feb 2024 09:00:00 GMT", AGAINST),
            "2": ("Tue, 06 Feb 2024 09:00:00 GMT", OTHER),
        }
        self.publish()

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "feeds.yaml"

    def publish(self) -> None:
        """Write the feed, the newest item first, as feeds do."""
        items = "".join(
            f"<item><guid>{key}</guid><title>Article {key}</title><link>https://wire.example/{key}</link>"
            f"<pubDate>{date}</pubDate><content:encoded>{escape(paragraphs(text))}</content:encoded></item>"
            for key, (date, text) in reversed(self.items.items())
        )
        (self.folder / "wire.xml").write_text(
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
            f"<title>Norland Wire</title>{items}</channel></rss>"
        )


def paragraphs(text: str) -> str:
    """Plain paragraphs as HTML."""
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in text.split("\n\n"))
