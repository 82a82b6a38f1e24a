"""第二十七条、第二十九条: what happens to the data afterwards, and the records that are kept for three years at least."""

from __future__ import annotations

import re

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest, is_blank

_DISPOSES = re.compile(r"删除|销毁|清除|擦除|归还|退回|停止调用|注销|匿名化|按(?:照)?(?:提供|数源)")
_KEEPS = re.compile(r"不删除|不销毁|永久(?:保存|留存|保留)|长期(?:留存|保留|保存)(?:备用)?|自行留存")


def disposal_and_records(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "写明使用后的处置，使用记录按规定保存", f"{ACT} 第二十七条第一款、第二十九条"
    text = request.disposal
    rule_here = context.book.rule_for(request.dataset.region, context.today)
    years = context.book.records_years(rule_here)
    keep = f"使用场景、过程、成效、存储和销毁情况的记录至少保存{years}年"

    def failed(note: str, blocking: bool) -> CheckResult:
        return CheckResult("disposal_and_records", rule, article, False, note, blocking, ("disposal",))

    if is_blank(text):
        return failed("没有写明使用结束后怎样处置数据（例如：删除并向提供部门报告）", True)
    kept = _KEEPS.search(text)
    if kept:
        return failed(f"写了“{kept[0]}”：使用目的实现后须按提供部门的要求妥善处置", True)
    if not _DISPOSES.search(text):
        return failed("看不出使用结束后怎样处置数据，请写明删除、销毁或者按提供部门的要求处置", False)
    return CheckResult("disposal_and_records", rule, article, True, keep)
