"""The checks of the gate, one per file. Each is `(statement, context) -> Finding | None` and refuses what it does not know."""
