"""Who stands where, and who agrees with whom, as networks with dates: GraphML and GEXF, for Gephi, visone or igraph.

``actor-topic``: an edge from each actor to each topic they have a position on, from when it is held. ``agreement``: an
edge between actors who have positions on the same topics.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from archive.errors import UsageError
from archive.exports.manifest import Written
from archive.exports.source import records

EDGES = 200_000
"""The most edges of an agreement network: more no program draws. The pairs with most topics in common come first."""

_HELD = """
SELECT actor, actor_name, actor_kind, topic, stance, score, valid_from, confidence, directness, cause, statement
FROM current_stance WHERE score IS NOT NULL ORDER BY topic, actor
"""

_PAIRS = """
SELECT actor, actor_name, other, other_name, topics, agreed, opposed, similarity
FROM common_ground WHERE actor < other
ORDER BY topics DESC, agreed DESC, actor, other LIMIT {most}
"""


def write(connection: Connection, folder: Path, format_: str) -> tuple[Written, ...]:
    """Write both networks into the folder as ``graphml`` or ``gexf``."""
    networkx = _networkx()
    save = networkx.write_graphml if format_ == "graphml" else networkx.write_gexf
    written = []
    for name, build in (("actor-topic", _stances), ("agreement", _agreement)):
        graph = networkx.Graph(name=name)
        build(connection, graph, dated=format_ == "gexf")
        save(graph, folder / f"{name}.{format_}")
        written.append(Written(name, ("source", "target"), True, graph.number_of_edges(), (f"{name}.{format_}",)))
    return tuple(written)


def _stances(connection: Connection, graph: Any, *, dated: bool) -> None:
    if dated:
        graph.graph["mode"] = "dynamic"
        graph.graph["timeformat"] = "date"
    propositions = {
        row["topic"]: row["proposition"] for row in records(connection, "SELECT topic, proposition FROM topics")
    }
    for row in records(connection, _HELD):
        actor, topic = f"actor:{row['actor']}", f"topic:{row['topic']}"
        graph.add_node(actor, label=row["actor_name"] or row["actor"], kind=row["actor_kind"] or "")
        graph.add_node(topic, label=propositions.get(row["topic"], row["topic"]), kind="topic")
        names = ("stance", "score", "confidence", "directness", "cause", "statement")
        values = {name: row[name] for name in names} | {"valid_from": row["valid_from"]}
        if dated:
            values["start"] = row["valid_from"][:10]
        graph.add_edge(actor, topic, weight=abs(row["score"]) or 0.1, **values)


def _agreement(connection: Connection, graph: Any, *, dated: bool) -> None:  # noqa: ARG001 - a likeness has no one date
    for row in _pairs(connection):
        for actor, name in ((row["actor"], row["actor_name"]), (row["other"], row["other_name"])):
            graph.add_node(f"actor:{actor}", label=name or actor)
        values = {name: row[name] for name in ("topics", "agreed", "opposed", "similarity")}
        graph.add_edge(f"actor:{row['actor']}", f"actor:{row['other']}", weight=row["similarity"], **values)


def _pairs(connection: Connection) -> Iterator[dict[str, Any]]:
    return records(connection, _PAIRS.format(most=EDGES))


def _networkx() -> Any:
    try:
        import networkx  # noqa: PLC0415 - an extra, and slow to load
    except ModuleNotFoundError as error:
        raise UsageError(
            f"networks need a library that is not installed ({error.name})",
            where="export",
            remedy="Install it: pip install 'statement-archive[analysis]'",
        ) from error
    return networkx
