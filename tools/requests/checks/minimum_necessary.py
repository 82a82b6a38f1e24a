"""第二十条: the applicant answers for necessity. Everything at once, with no word on what each item is for, is not necessary."""

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest, is_blank

FEW = 3  # an entry with no more items than this may be asked for whole


def minimum_necessary(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "只申请使用目的必需的数据项", f"{ACT} 第二十条第二款"
    known = {item.name for item in request.dataset.items}
    asked = {item.name for item in request.items}
    unexplained = [item.name for item in request.items if is_blank(item.use)]
    if len(known) > FEW and known <= asked and unexplained:
        note = f"申请了目录的全部{len(known)}个数据项，其中{_some(unexplained)}没有写用途；请逐项写明用途，用不到的去掉"
        return CheckResult("minimum_necessary", rule, article, False, note, fields=("items",))
    personal = [name for name in request.personal_items if name in unexplained]
    if personal:
        note = f"涉及个人信息的{_some(personal)}没有写用途，请写明，用不到的去掉"
        return CheckResult("minimum_necessary", rule, article, False, note, fields=("items",))
    note = f"{_some(unexplained)}没有写用途" if unexplained else ""
    return CheckResult("minimum_necessary", rule, article, not unexplained, note, blocking=False)


def _some(names: list[str]) -> str:
    shown = "、".join(f"“{name}”" for name in names[:5])
    return f"{shown}等{len(names)}项" if len(names) > 5 else shown
