"""What can be wrong with an index."""

from __future__ import annotations


class IndexUnusable(Exception):
    """The index is missing, damaged or of another format; the message is a Chinese sentence that says what to do."""


class EncoderUnavailable(Exception):
    """The configured encoder cannot be loaded; the message is a Chinese sentence that says what to do."""


class RerankerUnavailable(Exception):
    """The configured cross-encoder cannot be loaded; the message is a Chinese sentence that says what to do."""
