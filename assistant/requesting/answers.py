"""What a request comes to when there is nothing to draft: already there, not to be had, not clear. Each says what to do instead."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.compose.sources import article_citation, card, dataset_citation
from assistant.outcome import Answer, Citation, Clarify, Option, Refuse
from assistant.requesting.entries import Found
from assistant.services import Services
from assistant.turn import Turn
from corpus.catalog import Dataset
from tools.requests.model import ShareRequest

MOST = 4


def own_data(entry: Dataset) -> Answer:
    return Answer(
        text=f"“{entry.title}”就是本部门的数据，不用申请共享，可以直接使用[1]。",
        datasets=[card(entry, 1.0)],
        citations=[dataset_citation(1, entry)],
        suggestions=[f"找一下{entry.title}的数据"],
    )


def open_already(entry: Dataset, others: Sequence[Dataset], purpose: str) -> Answer:
    """It is open: no request is needed for it."""
    how = f"更新频率是{entry.update_frequency}，" if entry.update_frequency else ""
    ways = "、".join(entry.formats)
    text = f"“{entry.title}”已经无条件共享、无条件开放，无需申请，可以直接查询和下载[1]。{how}由{entry.publisher}提供"
    text += f"（{ways}）。" if ways else "。"
    if others:
        text += f"另外提到的{_names(others)}，可以接着说要申请哪一项。"
    more = [f"申请共享“{d.title}”" + (f"，用于{purpose}" if purpose else "") for d in others]
    return Answer(
        text=text + "确需专门的接口或者批量交换服务的，可以仍要起草申请。",
        datasets=[card(entry, 1.0)],
        citations=[dataset_citation(1, entry)],
        suggestions=[*more[:2], f"找一下{entry.title}的数据", "仍要起草申请"],
    )


def held_already(entry: Dataset, request: ShareRequest) -> Answer:
    """The department has it by an earlier request."""
    until = f"，使用时限到{request.agreed_ends}" if request.agreed_ends else ""
    items = "、".join(request.agreed_items)
    text = (
        f"本部门已经通过申请 {request.number} 获准使用“{entry.title}”[1]（{request.state.label}{until}），无需重复申请。"
        f"获准的数据项：{items}；用途：{request.purpose}。超出这个范围、用途的，须重新申请。"
    )
    return Answer(
        text=text, datasets=[card(entry, 1.0)], citations=[dataset_citation(1, entry)], suggestions=["仍要起草申请"]
    )


def already_waiting(entry: Dataset, request: ShareRequest) -> Answer:
    text = (
        f"本部门为同一用途申请“{entry.title}”的 {request.number} 正在办理（{request.state.label}）[1]，不用重复提交。"
        "请等候答复；要改内容的，可以先撤回那一件。"
    )
    return Answer(text=text, datasets=[card(entry, 1.0)], citations=[dataset_citation(1, entry)])


def not_shared(entry: Dataset, instead: Sequence[Dataset], services: Services) -> Refuse:
    """Not shared: the basis that the catalogue gives, and what else can be done."""
    basis = entry.sharing_basis.rstrip("。") or "目录没有写明依据；不予共享应当列明依据，可以请提供部门说明"
    rule = _dispute(services)
    mark = f"[{rule.n}]" if rule else ""
    text = (
        f"“{entry.title}”（{entry.publisher}）在目录中列为不予共享，不能申请[1]。目录写明的依据：{basis}。"
        f"还可以这样办：改用汇总统计数据；或者商请{entry.publisher}给出核验结果；"
        f"认为这个属性定得不对的，先与提供部门协商，协商不成的请同级政务数据共享主管部门协调（政务数据共享条例 第二十八条）{mark}。"
    )
    if instead:
        text += f"相近而且不用申请的有：{_names(instead)}。"
    citations = [dataset_citation(1, entry), *([rule] if rule else [])]
    return Refuse(
        reason="forbidden",
        route="share_request",
        text=text,
        citations=citations,
        suggestions=[f"找一下{d.title}的数据" for d in instead] + ["共享发生争议怎么处理？"],
    )


def not_here(found: Found, services: Services) -> Answer:
    """The catalogue does not have it."""
    if found.kind == "no_such_code":
        text = f"目录里没有代码为 {found.words} 的数据，可能写错了，也可能已经撤下。请核对代码，或者写出数据的名称。"
        return Answer(text=text, status="no_information")
    if found.kind == "elsewhere":
        text = (
            f"本市目录没有“{found.words}”的数据，不能在这里起草。跨地区、跨层级的需求，由本市数据主管部门通过全国一体化政务大数据体系向有关方面提出"
            f"（政务数据共享条例 第三十二条）。这条需求已经记下。"
        )
        return Answer(text=text, status="no_information")
    near = [card(d, 0.5) for d in found.near]
    text = f"目录里没有“{found.words}”这样的数据。这条需求已经记下，可以换一种说法，或者写出目录名称。"
    if near:
        text += f"比较接近的有：{_names(found.near)}。"
    return Answer(text=text, status="no_information", datasets=near)


def ask_which(turn: Turn, entries: Sequence[Dataset], purpose: str, words: str, notes: Sequence[str] = ()) -> Clarify:
    """Which data are meant."""
    what = f"，用于{purpose}" if purpose else ""
    options = [
        Option(
            label=f"{d.title}（{d.publisher}，{d.sharing.label if d.sharing else '未注明'}）",
            value=f"申请共享“{d.title}”{what}",
        )
        for d in entries[:MOST]
    ]
    if words:
        text = f"“{words}”对应不止一份数据，或者不能确定是哪一份，请选一份，或者写出目录名称："
    elif options:
        text = "要申请哪份数据？请写出数据的名称和用途，例如“申请共享居住证办理信息，用于入学资格核验”。按目录写明的条件，贵部门可以申请的有："
    else:
        text = "要申请哪份数据？请写出数据的名称和用途，例如“申请共享居住证办理信息，用于入学资格核验”。"
    return Clarify(route="share_request", text="".join(f"{note}。" for note in notes) + text, options=options)


def everything(turn: Turn, entries: Sequence[Dataset]) -> Clarify:
    """All data at once cannot be asked for."""
    options = [Option(label=f"{d.title}（{d.publisher}）", value=f"申请共享“{d.title}”") for d in entries[:MOST]]
    text = (
        "不能一次申请全部数据：申请以数据目录为准逐项提出，只申请办事最小必要的数据项，并写明用途（政务数据共享条例 第二十条）。"
        "请说明要办什么事、需要哪份数据。"
    )
    return Clarify(route="share_request", text=text, options=options)


def _dispute(services: Services) -> Citation | None:
    found = services.index.search_articles(
        "共享争议协商不成由同级政务数据共享主管部门协调", 1, services.settings.city, services.today
    )
    if not found.found:
        return None
    hit = found.hits[0]
    return article_citation(2, hit, services.store.document(hit.document), hit.text)


def _names(entries: Sequence[Dataset]) -> str:
    return "、".join(f"“{d.title}”" for d in entries)
