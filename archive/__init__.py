"""Statement Archive: who said what about what, when, and the proof of it.

Data flows one way, like a river; read the modules in its order::

    errors.py     one tree of errors, each with the place and the remedy
    model.py      the frozen types that flow
    config.py     settings and feeds.yaml, validated once (with marked.py, network.py)
    feeds/        feed → article: fetch, parse, choose the text, tell new from revised from same
    extract/      article → statements and stances: pure functions over text
    ledger/       statements → events: the append-only log, its proofs, its guards
    views/        events → projections → reports in SQL
    operations/   what a daemon remembers between polls: due times, validators, leases, quarantine
    pipeline.py   THE STORY: fetch → parse → revise → extract → append
    bookkeeping.py, polling.py  who waits for whom when many feeds are polled at once
    reading.py    files → statements without a database
    judgement.py  a person's judgement, as events
    bundle.py     evidence on one actor and topic, to be verified elsewhere
    erasure.py    texts erased for good, or hidden for a while
    replay.py     the archive as it was: its log cut at a position, and all derived from it
    daemon.py     the schedule
    cli/          the commands (output.py writes what they answer)
"""

__version__ = "0.1.0"
