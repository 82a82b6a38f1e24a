"""第二十条: the head of the department's own sharing unit agrees before the application goes out."""

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest, is_blank


def head_agreed(request: ShareRequest, context: CheckContext) -> CheckResult:
    named = not is_blank(request.agency_head)
    return CheckResult(
        "head_agreed",
        "申请须经本部门政务数据共享工作机构负责人同意",
        f"{ACT} 第二十条第二款",
        ok=named,
        note="" if named else "请填写同意申请的负责人；也可以先打印申请表签字",
        blocking=False,
        fields=() if named else ("agency_head",),
    )
