"""第二十条: the application states its basis, scenario, scope, method and period, and what makes them usable."""

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import LABELS, ShareRequest


def required_content(request: ShareRequest, context: CheckContext) -> CheckResult:
    missing = request.missing()
    names = "、".join(LABELS[name] for name in missing)
    return CheckResult(
        "required_content",
        "申请应当写明使用依据、使用场景、使用范围、共享方式、使用时限等",
        f"{ACT} 第二十条第二款",
        ok=not missing,
        note=f"还缺：{names}" if missing else "",
        fields=tuple(missing),
    )
