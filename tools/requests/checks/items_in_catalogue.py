"""第二十条: every item that is asked for is one of the catalogue entry."""

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest


def items_in_catalogue(request: ShareRequest, context: CheckContext) -> CheckResult:
    known = {item.name for item in request.dataset.items}
    rule, article = "申请的数据项都在目录之内", f"{ACT} 第二十条第二款"
    if not known:
        note = "目录没有列出数据项，申请的数据项由提供部门核对"
        return CheckResult("items_in_catalogue", rule, article, True, note)
    names = [item.name for item in request.items]
    strange = [name for name in names if name not in known]
    twice = sorted({name for name in names if names.count(name) > 1})
    notes = []
    if strange:
        notes.append(f"目录里没有：{'、'.join(strange)}（目录的数据项是：{'、'.join(sorted(known))}）")
    if twice:
        notes.append(f"重复列出：{'、'.join(twice)}")
    both = [name for name in dict.fromkeys(names) if name in {item.name for item in request.left_out}]
    if both:
        notes.append(f"既列为申请又列为不申请：{'、'.join(both)}")
    fields = ("items",) if notes else ()
    return CheckResult("items_in_catalogue", rule, article, not notes, "；".join(notes), fields=fields)
