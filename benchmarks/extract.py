"""How fast the reading room reads: words a second, memory, start-up, and that time grows as the text does.

    python -m benchmarks.extract [FILE.jsonl.gz]

FILE holds documents as ``{"text": …}``, one a line; without it, and without ``../shared/corpus`` beside the
repository, invented articles are read. Figures are of one core; run it on a machine that has nothing else to do.
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from archive.extract import attribution, read_text
from archive.extract.stance import Assessor
from archive.extract.text import analyse
from archive.model import Topic

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus" / "political-news-dev.jsonl.gz"
ARTICLE = """The harbour toll divides Norland

Norland's Minister of Ports Ada Brill said on Monday that the harbour toll would be abolished by the summer.

“We have no choice,” she told reporters in Port Marn. “The toll ruins the ports, and the ports feed the country.”

Veyland, which owns two of the five docks, opposes the plan. Its government did not rule out going to court, according
to a report by the Norland News Agency. Captains, though, welcomed the minister's announcement.
"""
SUBJECTS = [
    *("minimum wage", "trade deal", "border wall", "gun control", "health care law", "wealth tax", "nuclear deal"),
    *("carbon tax", "voting rights", "immigration reform", "death penalty", "abortion rights", "student debt"),
    *("military spending", "harbour toll", "foreign aid", "prison reform", "oil pipeline", "climate agreement"),
    *("budget deal", "free college", "bank regulation", "police reform", "drone strikes", "tax cuts"),
]
HOSTILE = {
    "no full stop": "the minister said that the plan was good and ",
    "quotation marks": '"',
    "one word": "a",
    "open quotations": "“he said ",
    "brackets": "(",
    "right to left": "שלום עולם ",
    "emoji": "😀 said ",
    "CRLF": "He said no.\r\n",
    "NUL": "\0said\0",
}
SIZES = (250_000, 500_000, 1_000_000)


def texts() -> list[str]:
    """The texts to read."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    if not path.is_file():
        return [f"Article {number}\n\n{ARTICLE}" for number in range(500)]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def seconds(work: Callable[[], object], turns: int = 3) -> float:
    """The least time that some work takes, in seconds of this process."""
    taken = []
    for _ in range(turns):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)


def paces(documents: list[str]) -> Iterator[tuple[str, float]]:
    """Words a second of each stage and of the whole."""
    words = sum(len(text.split()) for text in documents)
    analysed = [analyse(text) for text in documents]
    yield "cut and tag", words / seconds(lambda: [analyse(text) for text in documents])
    yield "find attributions", words / seconds(lambda: [attribution.find(document) for document in analysed])
    yield "read, all stages", words / seconds(lambda: [read_text(text) for text in documents])


def fifty() -> Iterator[Topic]:
    """Fifty topics of six terms, each named by much of what political news is about."""
    for subject in SUBJECTS:
        for verb, done in (("support", "supported"), ("abandon", "abandoned")):
            terms = (
                subject,
                f"{verb} the {subject}",
                *(f"{subject} {noun}" for noun in ("plan", "vote", "bill", "debate")),
            )
            yield Topic(id=f"{verb}-{subject}", proposition=f"The {subject} should be {done}", terms=terms)


def assessing(documents: list[str]) -> float:
    """What assessing on fifty topics adds to the time of reading, as a share of it."""
    assessor = Assessor(tuple(fifty()))
    reading = seconds(lambda: [read_text(text) for text in documents])
    both = seconds(lambda: [assessor.assess(text, read_text(text).statements) for text in documents])
    return both / reading - 1


def speed_up(documents: list[str]) -> float:
    """How many times faster two processes read than one."""
    begin = time.perf_counter()
    for text in documents:
        read_text(text)
    alone = time.perf_counter() - begin
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(read_text, documents[:2]))
        begin = time.perf_counter()
        list(pool.map(read_text, documents, chunksize=8))
        return alone / (time.perf_counter() - begin)


def main() -> None:
    """Measure and print."""
    program = "import time; t = time.perf_counter(); from archive.extract import read_text; read_text('He said no.'); "
    start = subprocess.run(
        [sys.executable, "-c", program + "print(time.perf_counter() - t)"], capture_output=True, text=True, check=True
    )
    print(f"start-up             {float(start.stdout):8.2f} s")
    documents = texts()
    for name, pace in paces(documents):
        print(f"{name:20s} {pace:8,.0f} words/s")
    print(f"assess, 50 topics    {100 * assessing(documents):8.0f} % more time than reading alone")
    memory = [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024]
    for number in range(10_000):
        read_text(f"Article {number}\n\n{ARTICLE}")
    memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
    print(f"memory               {memory[0]:8d} MB, after 10,000 articles {memory[1]} MB")
    print(f"two processes        {speed_up(documents):8.2f} times one")
    for name, piece in HOSTILE.items():
        times = []
        for size in SIZES:
            text = (piece * (size // len(piece) + 1))[:size]
            times.append(seconds(lambda text=text: read_text(text), 1))  # type: ignore[misc]
        print(
            f"{name:20s} "
            + "  ".join(f"{size // 1000:5d} kB {taken:6.2f} s" for size, taken in zip(SIZES, times, strict=True))
        )


if __name__ == "__main__":
    main()
