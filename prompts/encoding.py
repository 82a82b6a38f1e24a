"""How data goes into a prompt: as JSON that nothing inside it can end.

A quote, a line break, a tag or a model's control word in a question, a column's description or a cell stays inside
its string: the characters that could mean something outside are written as escapes, and read back as they were.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

# A value that may be put into a prompt.
Value = str | int | float | bool | None | Sequence["Value"] | Mapping[str, "Value"]

# `<` and `[` open the control words of chat templates (<|im_end|>, [INST]) and tags; `` ` `` closes a fenced block;
# braces open the slots of template languages. U+2028 and its like break lines that JSON does not count as broken.
_ESCAPED = {
    ord(c): f"\\u{ord(c):04x}"
    for c in "<>[]`{}\u0085\u2028\u2029\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\ufeff"
}


def encode(value: Value) -> str:
    """`value` as JSON. The top level of a list is one item a line, for reading; a text is always one line."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[\n" + ",\n".join(_inline(item) for item in value) + "\n]" if value else "[]"
    return _inline(value)


def _inline(value: Value) -> str:
    if isinstance(value, str):
        # Half of a surrogate pair cannot be sent as UTF-8.
        sound = value.encode("utf-8", "replace").decode("utf-8")
        return json.dumps(sound, ensure_ascii=False).translate(_ESCAPED)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_inline(str(key))}: {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
