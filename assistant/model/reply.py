"""Getting what was asked for out of a model's words: the SQL, the question, the prose, without their wrapping."""

from __future__ import annotations

import json
import re

_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S | re.I)
_FENCED = re.compile(r"```[A-Za-z]*[ \t]*\n?(.*?)(?:```|\Z)", re.S)
_STATEMENT = re.compile(r"^[ \t]*(?:SELECT|WITH)\b", re.I | re.M)
_NONE = re.compile(r"^\W*NONE\W*$", re.I)


def answer_part(reply: str) -> str:
    """The reply without the reasoning that some models put before it."""
    text = _THINKING.sub("", reply)
    # The opening mark is part of some models' prompt, so that only the closing one is in the reply.
    return re.split(r"</think(?:ing)?>", text, flags=re.I)[-1].strip()


def sql_in(reply: str) -> str:
    """The statement in a reply, without fence and final semicolon; empty when there is none (or NONE).

    Only the wrapping is taken off. Whether what is left is one harmless SELECT is for the gate to say.
    """
    text = answer_part(reply)
    blocks = [block.strip() for block in _FENCED.findall(text)]
    text = next((block for block in blocks if _STATEMENT.search(block)), blocks[0] if blocks else text)
    if _NONE.match(text):
        return ""
    start = _STATEMENT.search(text)
    if start is None:
        return "" if not blocks else _bare(text)
    return _bare(text if blocks else text[start.start() :])


def _bare(sql: str) -> str:
    return sql.strip().rstrip("; \t\r\n")


def question_in(reply: str) -> str:
    """The question in a reply that should be {"question": "…"}; empty when it is something else."""
    text = answer_part(reply)
    block = _FENCED.search(text)
    try:
        found = json.loads((block[1] if block else text).strip())
    except ValueError:
        return ""
    question = found.get("question") if isinstance(found, dict) else None
    return question.strip() if isinstance(question, str) else ""
