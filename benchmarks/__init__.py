"""How fast the archive is, beside `eventsourcing` and the bare drivers, in one run: read the modules in this order.

payloads.py   the events: the same for everyone, some 700 bytes each
places.py     databases for the moment, removed afterwards
contender.py  what everyone who is measured must be able to do
ours.py       the archive
theirs.py     the library `eventsourcing`
bare.py       sqlite3 and psycopg, with the least that a log needs
measures.py   the work: append, replay, rebuild
memory.py     what a rebuild of a million events takes
table.py      figures → ratios in Markdown
__main__.py   ``python -m benchmarks``: all of it by pyperf, then the tables
"""
