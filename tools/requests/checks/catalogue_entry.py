"""第二十条: an application goes by the published catalogue, which alone says class, level, condition and provider."""

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import CatalogueEntry, ShareRequest

_FACTS = {
    "code": "目录代码",
    "title": "目录名称",
    "provider": "提供部门",
    "sharing": "共享属性",
    "condition": "共享条件",
    "sharing_basis": "不予共享的依据",
    "level": "数据分级",
    "method": "共享方式",
    "update_frequency": "更新频率",
    "items": "数据项",
}


def catalogue_entry(request: ShareRequest, context: CheckContext) -> CheckResult:
    note = _note(request, context)
    return CheckResult(
        "catalogue_entry",
        "以统一发布的政务数据目录为准",
        f"{ACT} 第二十条第二款",
        ok=not note,
        note=note,
        fields=("dataset",) if note else (),
    )


def _note(request: ShareRequest, context: CheckContext) -> str:
    if context.dataset is None:
        return f"目录“{request.dataset.title}”已经撤下，不能再申请；请另找现行的目录，草稿会保留"
    now = CatalogueEntry.of(context.dataset)
    changed = [label for name, label in _FACTS.items() if getattr(now, name) != getattr(request.dataset, name)]
    if changed:
        return f"起草以后目录有变动（{'、'.join(changed)}），请更新草稿里的目录内容并核对后再提交"
    return ""
