"""What an earlier answer left out is left out of all that builds on it, and is told again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.outcome import Clarify, Outcome

UNSURE = "“{}”可能没有完全理解对，请核对理解出来的问题，或写成完整的一句话。"
_CARRIED = "上文里{}没有用上或没有把握，这一问接着上文，同样没有考虑，请核对或写成完整的一句话。"
_TOLD = (
    re.compile(r"^没有用上的词：(?P<words>“.+?”)。"),
    re.compile(r"^查询里没有体现(?P<words>“.+”)的意思"),
    re.compile(r"^(?P<words>“.+”)可能没有完全理解对"),
    re.compile(r"^(?P<words>“.+”)没有看懂，这一问"),
    re.compile(r"^上文里(?P<words>“.+”)没有用上或没有把握"),
)


_PASSED_OVER = "“{}”没有看懂，这一问接着它之前的问题，没有考虑它。"
_NOT_READ = re.compile(r"^没有看懂“(?P<words>[^”]+)”是要怎样改")


def passed_over(since: Sequence[Outcome]) -> str:
    """What was said and not understood between the turn that is built on and now; empty for nothing."""
    found = [m["words"] for o in since if isinstance(o, Clarify) and (m := _NOT_READ.match(o.text))]
    return _PASSED_OVER.format("”、“".join(found)) if found else ""


def carried(outcome: Outcome) -> str:
    """The doubt that goes along with an answer, for what leans on it; empty where there is none."""
    found = [m["words"] for w in outcome.warnings for p in _TOLD if (m := p.match(w))]
    words = dict.fromkeys(word for told in found for word in re.findall(r"“[^“”]+”", told))
    return _CARRIED.format("、".join(words)) if words else ""
