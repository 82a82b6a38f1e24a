"""第十九条: what sharing already gives is not collected, nor applied for, again."""

from __future__ import annotations

import re

from corpus.catalog import OpeningClass
from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest
from tools.requests.states import State

_COLLECT = re.compile(
    r"(?:要求|让|请|组织|由)(?:[^，。；]{0,6})(?:群众|企业|市民|居民|家长|个人|公民|法人)(?:[^，。；]{0,4})(?:重新|再次|另行|重复)?(?:填报|提交|提供|报送|上传)"
)
_RUNNING = frozenset({State.ACCEPTED, State.DELIVERED, State.IN_USE, State.CORRECTING})
_WAITING = frozenset({State.SUBMITTED, State.SUPPLEMENT, State.DISPUTED})


def no_repetition(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "不重复申请，不重复收集", f"{ACT} 第十九条"
    held = _held(request, context)
    if held:
        return CheckResult("no_repetition", rule, article, False, held)
    if request.dataset.opening == OpeningClass.OPEN.label:
        note = "这项数据已经向社会无条件开放，可以直接使用，不用申请"
        return CheckResult("no_repetition", rule, article, False, note, blocking=False)
    found = _COLLECT.search(f"{request.purpose}。{request.scenario}")
    if found:
        note = f"写了“{found[0]}”：通过共享能够满足需要的，不得再向公民、法人收集"
        return CheckResult("no_repetition", rule, article, False, note, blocking=False, fields=("scenario",))
    return CheckResult("no_repetition", rule, article, True)


def _held(request: ShareRequest, context: CheckContext) -> str:
    """What the department already has, or already waits for."""
    wanted = {item.name for item in request.items}
    for other in context.mine:
        if other.number == request.number or other.dataset.id != request.dataset.id:
            continue
        same = _plain(other.purpose) == _plain(request.purpose)
        if other.state in _WAITING and same:
            return f"本部门已有同样的申请 {other.number}（{other.state.label}），请等候答复，不要重复提交"
        ends = other.agreed_ends
        in_time = ends is None or ends >= context.today
        if other.state in _RUNNING and same and in_time and wanted <= set(other.agreed_items):
            until = f"，使用时限到{ends:%Y-%m-%d}" if ends else ""
            return f"同样的数据项和使用目的已经在申请 {other.number} 里获得同意{until}，可以直接使用，不用再申请"
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)
