"""JSON-LD: each statement as a Web Annotation on the captured text, with its provenance in PROV.

The context is in the file: nothing is fetched to read it. Targets are selected by position and by quotation
(Web Annotation Data Model, W3C 2017, sections 4.2.4 and 4.2.5); who said it, where it was captured and what read it are
PROV-O. One annotation a statement, streamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection

from archive.exports.manifest import Export, Written
from archive.exports.source import query_for, records, relation

CONTEXT = {
    "oa": "http://www.w3.org/ns/oa#",
    "prov": "http://www.w3.org/ns/prov#",
    "dc": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "archive": "urn:statement-archive:",
    "id": "@id",
    "type": "@type",
    "Annotation": "oa:Annotation",
    "SpecificResource": "oa:SpecificResource",
    "TextPositionSelector": "oa:TextPositionSelector",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "motivation": {"@id": "oa:motivatedBy", "@type": "@id"},
    "body": {"@id": "oa:hasBody"},
    "target": {"@id": "oa:hasTarget"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": {"@id": "oa:hasSelector"},
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
    "exact": "oa:exact",
    "created": {"@id": "dc:created", "@type": "xsd:dateTime"},
    "wasAttributedTo": {"@id": "prov:wasAttributedTo", "@type": "@id"},
    "actedOnBehalfOf": {"@id": "prov:actedOnBehalfOf", "@type": "@id"},
    "wasDerivedFrom": {"@id": "prov:wasDerivedFrom", "@type": "@id"},
    "hadPrimarySource": {"@id": "prov:hadPrimarySource", "@type": "@id"},
    "wasGeneratedBy": {"@id": "prov:wasGeneratedBy"},
    "wasAssociatedWith": {"@id": "prov:wasAssociatedWith", "@type": "@id"},
    "generatedAtTime": {"@id": "prov:generatedAtTime", "@type": "xsd:dateTime"},
    "invalidatedAtPosition": {"@id": "archive:invalidatedAtPosition", "@type": "xsd:integer"},
    "topic": {"@id": "archive:topic", "@type": "@id"},
    "stance": "archive:stance",
    "score": {"@id": "archive:score", "@type": "xsd:double"},
    "confidence": {"@id": "archive:confidence", "@type": "xsd:double"},
    "name": "rdf:label",
    "position": {"@id": "archive:position", "@type": "xsd:integer"},
}
"""Every term that the annotations use."""

_encode = msgspec.json.Encoder().encode


def write(connection: Connection, folder: Path, run: Export) -> tuple[Written, ...]:
    """Write ``statements.jsonld`` into the folder."""
    name = "statements.jsonld" if run.since is None else f"statements.p{run.position:012}.jsonld"
    query = query_for(relation("statements"), connection.dialect.name, run.since)
    count = 0
    with (folder / name).open("w", encoding="utf-8") as file:
        file.write(f'{{"@context": {_encode(CONTEXT).decode()},\n"@graph": [')
        for annotation in annotated(records(connection, query)):
            file.write(("," if count else "") + "\n" + _encode(annotation).decode())
            count += 1
        file.write("\n]}\n")
    return (Written("statements", ("id",), run.since is None, count, (name,)),)


def annotated(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rows of the view ``statements``, in the order of statements, as one annotation each."""
    for statement, group in groupby(rows, key=lambda row: row["statement"]):
        assessed = list(group)
        yield _annotation(statement, assessed[0], [row for row in assessed if row["topic"] is not None])


def _annotation(statement: str, row: dict[str, Any], assessed: list[dict[str, Any]]) -> dict[str, Any]:
    revision = f"archive:article/{row['article']}/{row['revision']}"
    annotation = {
        "id": f"archive:statement/{statement}",
        "type": ["Annotation", "prov:Entity"],
        "motivation": "oa:classifying",
        "created": row["valid_at"],
        "body": [_body(statement, one) for one in assessed],
        "target": {"type": "SpecificResource", "source": revision, "selector": _selectors(row)},
        "wasAttributedTo": f"archive:actor/{row['actor']}" if row["actor"] else None,
        "wasDerivedFrom": revision,
        "hadPrimarySource": row["url"],
        "generatedAtTime": row["recorded_at"],
        "wasGeneratedBy": {"type": "prov:Activity", "wasAssociatedWith": f"archive:extractor/{row['extractor']}"},
        "invalidatedAtPosition": row["withdrawn_position"],
        "position": row["position"],
    }
    return {name: value for name, value in annotation.items() if value not in (None, [])}


def _body(statement: str, row: dict[str, Any]) -> dict[str, Any]:
    body = {
        "id": f"archive:statement/{statement}/{row['topic']}",
        "type": "archive:Stance",
        "topic": f"archive:topic/{row['topic']}",
        "stance": row["stance"],
        "score": row["score"],
        "confidence": row["confidence"],
        "wasAttributedTo": f"archive:assessor/{row['assessed_by'].replace(' ', '_')}",
    }
    return {name: value for name, value in body.items() if value is not None}


def _selectors(row: dict[str, Any]) -> list[dict[str, Any]]:
    """Where the words stand, and, unless they are erased or hidden, the words."""
    spans = msgspec.json.decode(row["content_spans"])
    pieces = row["quote"].split(" … ") if row["quote"] else []
    places: list[dict[str, Any]] = [
        {"type": "TextPositionSelector", "start": start, "end": end} for start, end in spans
    ]
    quoted = pieces if len(pieces) == len(spans) else [row["quote"]] if row["quote"] else []
    return places + [{"type": "TextQuoteSelector", "exact": piece} for piece in quoted]
