"""The words that come with a draft: what was done, what is still blank, what is asked now. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.requesting.asking import Ask
from assistant.requesting.showing import missing_labels
from corpus.catalog import Dataset, SharingClass
from tools.requests.model import ShareRequest

if TYPE_CHECKING:
    from assistant.requesting.flow import Shown

_SHOWN_ITEMS = 6


def told(request: ShareRequest, shown: Shown, ask: Ask, has_rule: bool) -> str:
    """The text of a turn on a draft. [1] is the entry, [2] the rule on what an application states."""
    rule = "[2]" if has_rule else ""
    parts: list[str] = []
    if shown.new:
        parts += _first(request, shown)
    elif shown.filled.changed:
        parts.append(f"已改：{'、'.join(shown.filled.changed)}。")
    parts += [f"{note.rstrip('。')}。" for note in dict.fromkeys([*(shown.notes or []), *shown.filled.notes])]
    missing = missing_labels(request)
    parts.append(f"还需要补充：{'、'.join(missing)}。" if missing else "必填的各项已齐。")
    if not request.department:
        parts.append("共享申请由政府部门提出，须以部门人员身份登录后才能存档和提交。")
    if ask.field:
        parts.append(f"先请说明：{ask.text}")
    elif missing:
        parts.append("其余各项可以随时补充。")
    end = "草稿不会自动提交，须由本人核对后在表单上点击“提交”" if request.department else "这里只是示意，没有存档"
    return "".join(parts) + f"{end}{rule}。"


def _first(request: ShareRequest, shown: Shown) -> list[str]:
    entry = request.dataset
    parts = []
    if shown.offers:
        parts.append(
            f"能不申请就不申请：{_names(shown.offers)}已经无条件开放，只要统计数字的话可以直接使用。确需明细的，再看下面的草稿。"
        )
    number = f" {request.number}" if request.number else ""
    parts.append(f"已按目录“{entry.title}”（{entry.provider}）起草共享申请{number}[1]。")
    if entry.sharing is SharingClass.UNCONDITIONAL:
        parts.append("这项数据属于无条件共享。")
    elif entry.sharing is SharingClass.CONDITIONAL:
        parts.append(
            "这项数据属于有条件共享" + (f"，条件是：{entry.condition.rstrip('。')}。" if entry.condition else "。")
        )
    else:
        parts.append("目录没有注明这项数据的共享属性，按有条件共享办理。")
    if request.left_out:
        names = [i.name for i in request.left_out]
        more = f"等{len(names)}项" if len(names) > _SHOWN_ITEMS else ""
        parts.append(f"按最小必要没有列入{'、'.join(names[:_SHOWN_ITEMS])}{more}，需要的可以说“加上某项”。")
    if shown.others:
        parts.append(f"一件申请对应一个目录，另外还有{_names(shown.others)}，可以接着分别起草。")
    return parts


def _names(entries: Sequence[Dataset]) -> str:
    return "、".join(f"“{d.title}”" for d in entries)
