"""第十四、十五条: whether the condition that the catalogue states names the departments that may ask, and this one among them."""

from __future__ import annotations

import re

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest

_NAMED = re.compile(r"([^。；，,;]{2,60}?)(?:部门|单位|机关)(?:可以?|能)?申请")
_REST = re.compile(r"(?:局|委员会|委|厅|办公室|办|中心|部门)$")


def who_may_ask(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "申请部门在目录载明的共享范围之内", f"{ACT} 第十四条、第十五条"
    found = _NAMED.search(request.dataset.condition)
    if found is None:
        return CheckResult("who_may_ask", rule, article, True)
    names = [n for n in re.split(r"[、和与及]", found[1]) if 1 < len(n) <= 12]
    vague = any(re.search(r"其他|各级?|有关|相关|政府|任何|被|需要", n) for n in names)
    own = _REST.sub("", request.department)
    if not names or vague or any(_same(n, own) for n in names):
        return CheckResult("who_may_ask", rule, article, True)
    note = f"共享条件写的是“{request.dataset.condition.rstrip('。')}”，没有提到{request.department}，是否同意由提供部门审核"
    return CheckResult("who_may_ask", rule, article, False, note, blocking=False)


def _same(named: str, own: str) -> bool:
    """「卫健」 stands for 卫生健康, 「人社」 for 人力资源和社会保障: its characters in that order."""
    position = 0
    for character in _REST.sub("", named):
        position = own.find(character, position) + 1
        if not position:
            return False
    return True
