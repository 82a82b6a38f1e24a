"""No word of a turn is sent to a tracing service, whatever the environment says (LANGSMITH_TRACING and the like)."""

from __future__ import annotations


def switch_off_tracing() -> None:
    """For the whole process: a context would not reach the threads that a stream is read from."""
    import langsmith

    langsmith.configure(enabled=False)
