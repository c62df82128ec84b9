"""Content before its source: quotations and clauses that "he said" or "said X" follows."""

from __future__ import annotations

from collections.abc import Iterator

from archive.extract import clauses, subjects
from archive.extract.clauses import Clause, Reach
from archive.extract.cues import Cue
from archive.extract.english import SUBORDINATE
from archive.extract.page import Candidate, Page
from archive.extract.quotes import Quotation
from archive.extract.reach import clause_end

SPEAKING = frozenset({"say", "say_only", "tell", "think", "direct"})
UNKNOWN = {"quote": 0.6, "bare": 0.01}
"""Any verb may stand with a quotation ("…," he thundered)."""
TRAILING = frozenset({",", ".", "?", "!", "…", "...", "....", "--", "—", "–", "-"})
LONGEST_ASIDE = 24
"""Chunks that what is told of a speaker may have between a quotation and the verb of saying."""
SPEECH = 4
"""A quotation of fewer tokens, with no mark at its end, is a name or a fragment."""
GOES_ON = frozenset({"VG", "CC", "NP", "THAT", "IN", "RB", "JJ"})
LEADS = frozenset({",", ":", "DASH", "QUOTE", "CC"})


def before(page: Page, number: int, i: int) -> Candidate | None:
    """The candidate whose cue is the verb group at chunk ``i`` and whose content stands before source and cue."""
    clause = page.clauses[number]
    chunk, cue = clause.chunks[i], clause.cues[i]
    if chunk.form != "fin" or (cue is not None and ("quote" not in cue.frames or cue.classes.isdisjoint(SPEAKING))):
        return None
    words = Reach(chunk.first, clause.ends.get(i, chunk.head + 1))
    after = clause.at(words.last)
    found = _source(page, clause, i, after)
    if found is None:
        return None
    source, begins, rest = found
    rest = _after_addressee(clause, rest, cue)
    content = _content(page, number, begins, rest)
    if content is not None and cue is None and content[0].last < clause.first:  # "… it must go.” Pell left."
        return None
    if content is None or not _ends(
        clause, rest, quoted=content[1] == "direct.before", tells=cue is not None and "tell" in cue.classes
    ):
        return None
    reach, pattern = content
    parts = (reach, *_after_comma(clause, rest)) if pattern == "bare.before" else (reach,)
    frames = cue.frames if cue else UNKNOWN
    sure = frames["quote"] if pattern == "direct.before" else frames.get("bare", 0.4)
    end = clause.chunks[rest - 1].last
    free = cue is not None and cue.free
    return Candidate(pattern, sure, parts, (words,), source, (), chunk.form, free, pattern == "direct.before", end)


def _source(page: Page, clause: Clause, i: int, after: int) -> tuple[Reach, int, int] | None:
    """The source, the token where source and cue begin, and the chunk after both."""
    chunk = clause.chunks[i]
    quoted = clause.kind(i - 1) == "Q" and clause.kind(i - 2) == "COMMA"
    cue = clause.cues[i]
    told = cue is not None and "tell" in cue.classes  # who stands after "told" is told
    named = clause.kind(i - 1) == "COMMA" and clause.says(i) and not told and _names(page, clause, after)
    aged = clause.kind(i - 2) == "NP" and clause.word(i - 2).isdigit()  # "Ada Quill, 38, said Mayor Fenn was late"
    if (quoted or (named and not aged)) and (turned := subjects.inverted(clause, after)):
        return turned[0], chunk.first, turned[1]
    source, named_first = subjects.subject(clause, i), _after_quotation(page, clause, i)
    if named_first is not None and (source is None or source.first > named_first.first):
        return named_first, named_first.first, after
    if source is not None and clause.kind(i - 1) != "CC" and clause.tokens[source.first].tag not in {"WP", "WDT"}:
        return source, source.first, after
    turned = subjects.inverted(clause, after)
    if turned and clause.kind(i - 1) in {"", "COMMA", "Q", "DASH"}:
        return turned[0], chunk.first, turned[1]
    return None


def _after_quotation(page: Page, clause: Clause, i: int) -> Reach | None:
    """Who is named right after a quotation, whatever is told of them before verb ``i``: "…," Ada Quill, 30, … said"."""
    if not clause.says(i):
        return None
    k = next((k for k in range(i - 1, max(-1, i - LONGEST_ASIDE) - 1, -1) if clause.kind(k) == "Q"), None)
    if k is None or not _names(page, clause, k + 1) or clause.kind(k + 2) != "COMMA":
        return None
    told = any(clause.finite(j) and clause.kind(j - 1) not in {"WH", "THAT"} for j in range(k + 2, i))
    chunk = clause.chunks[k + 1]
    return None if told else Reach(chunk.first, chunk.last)


def after_colon(page: Page, clause: Clause, i: int) -> Iterator[Candidate]:
    """A quotation after a colon and a verb that need be none of saying: "And Quill gloated: “…”"."""
    chunk = clause.chunks[i]
    if chunk.form != "fin" or clause.cues[i] is not None or clause.kind(i + 1) != "COLON" or clause.kind(i + 2) != "Q":
        return
    quotation = page.opens.get(clause.chunks[i + 2].last)
    source = subjects.subject(clause, i)
    if quotation is not None and source is not None and quotation.last - quotation.first > SPEECH:
        content = Reach(quotation.first, quotation.last)
        yield Candidate(
            "verb.quote",
            UNKNOWN["quote"] + 0.3,
            (content,),
            (Reach(chunk.first, chunk.last),),
            source,
            form="fin",
            direct=True,
        )


def _names(page: Page, clause: Clause, k: int) -> bool:
    """Whether the noun phrase at chunk ``k`` is a name or a person."""
    if clause.kind(k) != "NP":
        return False
    head = clause.tokens[clause.chunks[k].head]
    person = head.lower in page.lexicon.people or head.lower.removesuffix("s") in page.lexicon.people
    return person or head.tag in {"NNP", "NNPS"} or (head.tag == "NNS" and head.text[0].isupper())


def _after_addressee(clause: Clause, k: int, cue: Cue | None) -> int:
    """The chunk after whom something was told in the middle of it ("…, he told reporters, …"), else ``k``."""
    if cue is None or "tell" not in cue.classes or clause.kind(k) != "NP":
        return k
    end = clauses.phrase_end(clause, k)
    return end if clause.kind(end) == "COMMA" else k


def _after_comma(clause: Clause, rest: int) -> tuple[Reach, ...]:
    """What goes on with a clause after "he said" in commas stood in its middle."""
    k = rest + 1
    if clause.kind(rest) != "COMMA" or clause.kind(k) not in GOES_ON or clause.word(k) == "according":
        return ()
    if clause.kind(k) == "VG" and not clause.finite(k):
        return ()
    end = clause_end(clause, k, k)
    return (Reach(clause.chunks[k].first, clause.chunks[end - 1].last),) if end > k else ()


def _ends(clause: Clause, k: int, *, quoted: bool, tells: bool) -> bool:
    """Whether no complement follows at chunk ``k``: the sentence ends there, or a circumstance, or a comma.

    After a quotation (``quoted``) the circumstance may be a clause ("he said after the vote had failed").
    """
    kind = clause.kind(k)
    if quoted:
        limit = min(k + 10, len(clause.chunks) - 1)
        return kind != "THAT" and not any(
            clause.kind(j) == "COLON" and clause.kind(j + 1) == "Q" for j in range(k, limit)
        )
    if kind in {"", "STOP", "COMMA", "Q", "TIME", "RRB", "DASH", "COLON"}:
        return kind != "COLON" or clause.word(k) == ";"
    limit = min(k + 10, len(clause.chunks))
    if kind == "CC":
        return clause.kind(k + 1) == "NP" and clause.finite(clauses.phrase_end(clause, k + 1))
    if kind in {"IN", "RB", "RP"} or (kind == "VG" and clause.chunks[k].form == "ing"):
        return clause.word(k) not in {"whether", "if"} and not any(
            clause.kind(j) in {"THAT", "COLON"} or clause.finite(j) for j in range(k, limit)
        )
    if kind == "NP" and tells:  # whom it was said to
        end = clauses.phrase_end(clause, k)
        return clause.kind(end) in {"", "STOP", "COMMA", "Q", "TIME", "IN", "DASH"} and not any(
            clause.kind(j) == "THAT" for j in range(k, limit)
        )
    return False


def _content(page: Page, number: int, begins: int, rest: int) -> tuple[Reach, str] | None:
    clause = page.clauses[number]
    tokens = clause.tokens
    edge = begins - 1
    if edge > clause.first and tokens[edge].tag == "," and edge - 1 in page.closes:
        edge -= 1
    quotation = page.closes.get(edge)
    if quotation and _is_speech(page, number, quotation, rest):
        return _with_lead(page, number, quotation), "direct.before"
    if begins <= clause.first or tokens[begins - 1].tag not in {",", "DASH"}:
        return None
    first = start_of_said(clause)
    if begins - 1 <= first or _quotes_anew(page, clause, rest):
        return None
    leads = clause.kind(rest + 1) == "NP" and clause.kind(0) in {"IN", "RB", "WH"}
    in_the_middle = clause.kind(rest) == "COMMA" and (clause.finite(rest + 1) or leads)
    if in_the_middle or _has_main_clause(clause, clause.at(begins)):
        return Reach(first, begins - 1), "bare.before"
    return None


def _quotes_anew(page: Page, clause: Clause, rest: int) -> bool:
    """Whether a quoted sentence follows the cue, so that what stands before only tells when it was said."""
    if clause.kind(rest) not in {"COMMA", "COLON"} or clause.kind(rest + 1) != "Q":
        return False
    quotation = page.opens.get(clause.chunks[rest + 1].last)
    return quotation is not None and clause.tokens[quotation.first].text[0].isupper()


def _has_main_clause(clause: Clause, end: int) -> bool:
    """Whether a clause of its own comes before chunk ``end``, not just "Though X …," or "Asked whether …,"."""
    start = 0
    while clause.kind(start) in {"CC", "RB", "Q"}:
        start += 1
    kind = clause.kind(start)
    dependent = clause.word(start) in SUBORDINATE if kind == "IN" else kind == "VG" and not clause.finite(start)
    if dependent or clause.word(start) in {"asked", "when", "where"}:
        gerund = kind == "VG" and clause.chunks[start].form == "ing"  # "Running is tough" has no other clause
        other = start if gerund else end
        start = next(
            (k for k in range(start, end - 1) if clause.kind(k) == "COMMA" and clause.kind(k + 1) == "NP"), other
        )
    return any(clause.finite(k) for k in range(start, end))


def _is_speech(page: Page, number: int, quotation: Quotation, rest: int) -> bool:
    """Whether a quotation leads up to its source, rather than ending a sentence of its own."""
    clause = page.clauses[number]
    tokens = clause.tokens
    end = quotation.last - 1
    ends = tokens[end - 1 if end > quotation.first and tokens[end].tag == "QUOTE" else end].text
    size = quotation.last - quotation.first
    if ends not in TRAILING and (
        size < SPEECH or tokens[min(quotation.last + 1, len(tokens) - 1)].tag not in {",", "DASH"}
    ):
        return False
    if quotation.single and size < SPEECH:
        return False
    if quotation.last >= clause.first:
        return True
    return ends in {",", "?", "!", "…", "..."} or (clause.kind(rest) in {"", "STOP"} and rest <= 4)


def start_of_said(clause: Clause) -> int:
    """The first token of a sentence that belongs to what is said: neither a dateline nor a leading "But" does."""
    for k in range(1, min(7, len(clause.chunks) - 1)):
        if clause.kind(k) == "DASH" and clause.tokens[clause.first].text.isupper() and clause.kind(0) == "NP":
            return clause.chunks[k].last
    return clause.first + 1 if clause.kind(0) == "CC" and len(clause.chunks) > 1 else clause.first


def _with_lead(page: Page, number: int, quotation: Quotation) -> Reach:
    """A quotation with the words of its first sentence that lead into it, where they are part of what is said."""
    home = number
    while home > 0 and page.clauses[home].first >= quotation.first:
        home -= 1
    clause = page.clauses[home]
    mark = quotation.first - 1
    if mark <= clause.first or clause.tokens[mark - 1].tag in LEADS or not quotation.opened:
        return Reach(quotation.first, quotation.last)
    return Reach(start_of_said(clause), quotation.last)
