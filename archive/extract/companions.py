"""Those who are told to be of one mind with somebody, outside the words for them: "opposed it, as did Quill"."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract.clauses import Clause, Reach, named_end, names
from archive.extract.page import Candidate

DOES = frozenset({"do", "does", "did", "has", "have", "is", "are", "was", "were", "would", "will"})
SHARED = ("verb.", "deed.", "act", "light.", "adjective.")
PLURAL = frozenset({"NNS", "NNPS"})


def shared(clause: Clause, candidate: Candidate) -> Iterator[Candidate]:
    """A candidate and, where others share its position, one for them, with what tells of it as part of the cue."""
    whose = candidate.source
    if whose is None or candidate.direct or not candidate.pattern.startswith(SHARED):
        yield candidate
        return
    first, last = candidate.content[-1]
    for k in range(clause.at(first) + 1, min(clause.at(last - 1) + 3, len(clause.chunks))):
        found = _named_after(clause, whose, k)
        if found:
            cue, source = found
            end = clause.chunks[k].first
            if end < last:
                candidate = candidate._replace(content=(*candidate.content[:-1], Reach(first, end)))
            yield candidate
            yield candidate._replace(source=source, cue=(*candidate.cue, cue))
            return
    yield candidate
    yield from _likened(clause, candidate, whose)


def _likened(clause: Clause, candidate: Candidate, source: Reach) -> Iterator[Candidate]:
    """A candidate for those whom a sentence begins with: "Like Quill, Reid opposes the toll"."""
    if clause.word(0) == "like" and names(clause, 1):
        end = named_end(clause, 1)
        if clause.kind(end) == "COMMA" and clause.at(source.first) == end + 1:
            cue = Reach(clause.chunks[0].first, clause.chunks[0].last)
            other = Reach(clause.chunks[1].first, clause.chunks[end - 1].last)
            yield candidate._replace(source=other, cue=(cue, *candidate.cue))


def _named_after(clause: Clause, source: Reach, k: int) -> tuple[Reach, Reach] | None:
    """What tells, from the comma at chunk ``k`` on, that others do the same, and the words for them."""
    if clause.kind(k) != "COMMA":
        return None
    start = k + 1 + (clause.kind(k + 1) == "CC")
    words = [t.lower for t in clause.tokens[clause.chunks[k].last : clause.chunks[k].last + 3]]
    does = any(word in DOES for word in words) and ("as" in words or "so" in words)
    while does and clause.kind(start) in {"IN", "VG", "RB"} and start < k + 4:
        start += 1
    head = clause.tokens[clause.chunks[clause.at(source.last - 1)].head]
    if not does:
        if words[:1] != ["including"] or head.tag not in PLURAL or clause.kind(k - 1) != "NP":
            return None
        start = k + 2
        if clause.tokens[clause.chunks[k - 1].head].tag in PLURAL:
            return None
    if not names(clause, start):
        return None
    cue = Reach(clause.chunks[k + 1].first, clause.chunks[start].first)
    return cue, Reach(clause.chunks[start].first, clause.chunks[named_end(clause, start) - 1].last)
