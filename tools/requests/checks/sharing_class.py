"""第十四、十五条: what is not shared is not applied for here; the basis that the catalogue gives is shown, and the way to dispute it."""

from corpus.catalog import SharingClass
from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest

WAY_OUT = (
    "认为这个属性定得不对的，可以先与提供部门协商，协商不成的请同级政务数据共享主管部门协调（第二十八条）；"
    "也可以商请提供部门给出汇总数据或者核验结果，这些不在本目录之内"
)


def sharing_class(request: ShareRequest, context: CheckContext) -> CheckResult:
    entry = request.dataset
    rule, article = "目录没有列为不予共享", f"{ACT} 第十四条、第十五条"
    if entry.sharing is SharingClass.NOT_SHARED:
        basis = entry.sharing_basis.rstrip("。") or "目录没有写依据，而不予共享须列明依据（第十五条）"
        return CheckResult("sharing_class", rule, article, False, f"不予共享。目录写明的依据：{basis}。{WAY_OUT}")
    if entry.sharing is None:
        note = "目录没有注明共享属性，按有条件共享办理，由提供部门审核"
        return CheckResult("sharing_class", rule, article, False, note, blocking=False)
    condition = f"共享条件：{entry.condition}" if entry.sharing is SharingClass.CONDITIONAL and entry.condition else ""
    return CheckResult("sharing_class", rule, article, True, condition)
