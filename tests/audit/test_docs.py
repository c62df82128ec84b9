"""The page on proof names every code of a finding with the verdict that follows from it."""

from __future__ import annotations

import re
from pathlib import Path

from archive.audit.findings import CODES, EXIT_CODES, Findings

PAGE = (Path(__file__).parent.parent.parent / "docs" / "proof.md").read_text("utf-8")


def test_the_page_names_every_code_with_its_verdict_and_meaning() -> None:
    rows = re.findall(r"^\| `([a-z.]+)` \| (\w+) \| (.+) \|$", PAGE, re.MULTILINE)
    expected = []
    for code, meaning in CODES.items():
        findings = Findings()
        findings.add(code)
        expected.append((code, findings.verdict.value, meaning))
    assert rows == expected


def test_the_page_names_every_exit_code() -> None:
    assert dict(re.findall(r"^\| ([A-Z_]+) \| (\d) \|", PAGE, re.MULTILINE)) == {
        verdict.value: str(code) for verdict, code in EXIT_CODES.items()
    }
