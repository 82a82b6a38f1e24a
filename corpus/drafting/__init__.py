"""A semantic model drafted from any database: names, types, keys and values are all it needs."""

from corpus.drafting.declared import Declared, declared_in_duckdb, declared_in_sqlite
from corpus.drafting.draft import draft_semantics

__all__ = ["Declared", "declared_in_duckdb", "declared_in_sqlite", "draft_semantics"]
