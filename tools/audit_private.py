"""No personal values in the log: what people type is masked before it is written, whoever writes the entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tools.personal import LABELS, masked, personal_values

# Keys whose values are made by the program: an identifier or a digest may look like a number of some kind.
_OURS = frozenset(
    {"id", "conversation", "at", "hash", "previous", "sha256", "principal", "token", "turn", "request", "kind"}
)
_SHORTEST = 2


def without_personal(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with every personal value of its texts replaced.

    A value that one text gives away (a name in 「张三的住址」) is replaced in the others too, where nothing announces it
    (the same name as a literal of the SQL).
    """
    found = {value: LABELS[kind] for text in _texts(body) for kind, value in personal_values(text)}
    if not found:
        return dict(body)
    values = sorted((value for value in found if len(value) >= _SHORTEST), key=len, reverse=True)

    def clean(item: Any) -> Any:
        if isinstance(item, str):
            for value in values:
                item = item.replace(value, found[value])
            return masked(item)
        if isinstance(item, Mapping):
            return {key: part if key in _OURS else clean(part) for key, part in item.items()}
        if isinstance(item, list | tuple | set | frozenset):
            return [clean(part) for part in item]
        return item

    return {key: part if key in _OURS else clean(part) for key, part in body.items()}


def _texts(item: Any) -> Iterator[str]:
    if isinstance(item, str):
        yield item
    elif isinstance(item, Mapping):
        for key, part in item.items():
            if key not in _OURS:
                yield from _texts(part)
    elif isinstance(item, list | tuple | set | frozenset):
        for part in item:
            yield from _texts(part)
