"""The demo city's policy documents, written for it in Markdown, one file per document."""

from __future__ import annotations

from pathlib import Path

from corpus.demo.policies.reading import read_policy
from corpus.policy import PolicyDocument

FOLDER = Path(__file__).parent


def documents() -> list[PolicyDocument]:
    """All documents of the city, superseded ones and the national digest among them, in order of id."""
    return sorted((read_policy(path) for path in FOLDER.glob("*.md")), key=lambda document: document.id)


__all__ = ["documents"]
