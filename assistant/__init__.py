"""One turn: question → route → retrieve → plan → check → run → compose → outcome."""
