"""A process that appends batches until it is killed: for the tests of crashes and of several writers.

    appender.py URL WRITER BATCHES SIZE

Each batch is one stream of SIZE events; after each commit its number is printed.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from archive.ledger.engine import connect
from archive.ledger.events import ArticleRemoved
from archive.ledger.header import Draft
from archive.ledger.store import Ledger


def main() -> None:
    """Append and say so."""
    url, writer, batches, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    ledger = Ledger(connect(url))
    for batch in range(batches):
        events = [ArticleRemoved(f"{writer}-{batch}", f"reason {n}", "2024") for n in range(size)]
        ledger.append([Draft(event) for event in events], {}, datetime.now(UTC))
        sys.stdout.write(f"{batch}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
