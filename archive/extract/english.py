"""The closed classes of English: the small words by which sentences hold together, in one place."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DAYS = _words("monday tuesday wednesday thursday friday saturday sunday today yesterday tomorrow tonight")
MONTHS = _words("january february march april may june july august september october november december")
TIMES = DAYS | MONTHS | _words("week month year day morning afternoon evening night weekend weeks months years days")
SEASONS = _words("spring summer autumn fall winter season term decade")
BEFORE_DAYS = _words("the last next this every each late early a on")
AFTER_DAYS = _words("morning night evening afternoon 's ’s")

BE = _words("be is am are was were been being 's 're 'm ’s ’re ’m get gets got getting")
AUXILIARIES = BE | _words("has have had having 've ’ve do does did 'd ’d")
LINKING = _words("be is are was were been being am 's ’s 're ’re have has had having get got gets")
CAUSING = LINKING & _words("have has had") | _words(
    "let make makes made making help helps helped helping see saw seeing watch hear do does did n't n’t please"
)
"""Verbs and particles after which a bare infinitive stands ("let him go")."""

NOT = _words("not n't n’t never")

JOINING = _words("of for in from at with on to by about against under within behind over between near and or & 's")
"""Words that tie one noun phrase to another."""
SUBORDINATE = _words("because although though while whereas if unless when after before once so")
CLAUSAL = SUBORDINATE | _words("as since until of")
RELATIVE_PRONOUNS = _words("who which that whom whose")
QUANTITIES = _words("most many few several others more fewer both all half")

SCENES = SUBORDINATE - {"if", "before", "while"}
"""After these comes what went with the saying, more often than what was said."""
ADDING = _words("especially particularly notably mostly including even not like such except unlike with without as")
"""Words that, after a comma, add to what was just named."""
ASKING = _words("ask wonder inquire enquire query question know see doubt check")
"""Verbs after which "if" means whether."""
DEICTIC = _words("last next this")
DOUBLE = frozenset('"“”„‟«»') | {"''", "``"}
"""Marks that open or close a quotation and are no apostrophes."""
SETTINGS = _words(
    "interview statement speech tweet letter email post rally conference appearance address remarks debate event "
    "briefing program show memo message release town monday tuesday wednesday thursday friday saturday sunday"
)
"""Where and when things are said: such a phrase belongs to the saying, not to what is said."""

JOINED_PREFIXES = ("re-", "co-", "e-", "pre-", "over-", "out-", "under-", "mis-", "de-", "un-")
"""Before these a hyphen leaves a verb a verb ("re-elected"), where otherwise it makes an adjective ("tax-funded")."""
