"""Minimum necessary: which data items a stated purpose needs, and why the others are left out. Pure.

Decided from the catalogue's own marks and the words of the purpose. Nothing is left out silently, and a person's express
wish for an item of the entry is always followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.requesting import phrases
from assistant.requesting.item_words import named_items
from assistant.requesting.said import ItemWish
from corpus.catalog import DataItem, Sensitivity
from tools.requests.model import LeftOutItem, WantedItem

_CHECKING = re.compile(phrases.CHECKING + r"|^查|审计|执法|征收|监管|稽核")
_STUDYING = re.compile(phrases.STUDYING)
_REACHING = re.compile(phrases.REACHING)
_PAYING = re.compile(phrases.PAYING)
_PERSONAL_SERVICE = re.compile(r"办理|登记|落户|入学|建档|救助|转诊|招生|接种|服务|认领|安置")
_PLACES = re.compile(
    r"学区|划片|选址|分布|上门|走访|转移|撤离|位置|地址|住址|岸线|线路|路线|点位|避让|清查|排查|现场|巡查|防汛|寻亲|管线"
)
_MONEY = re.compile(
    r"经济|收入|财产|资产|税|资金|补贴|审计|征收|核算|救助|低保|贷款|经费|重复领取|减排|碳|能耗|节能|待遇|报销|结算"
)
_HEALTH = re.compile(r"医|病|健康|残|随访|救治|护理|诊|康复|接种|工伤|伤残")
_CONTACT = re.compile(r"联系|通知|回访|随访|告知|催|寻亲|接续|调度|指挥")
_RELATED = re.compile(r"监护人|母亲|父亲|配偶|联系人|责任人|值班|带班|监测员|户主(?!居民)|送养|收养")
_HOME = re.compile(r"住址|居住|家庭地址|通讯地址|户籍地址")
_KEY = re.compile(r"(?:号码|编号|代码|代号|编码|号)(?:（[^）]*）)?$")
_AMOUNT = re.compile(r"[元额税]|金额|收入|余额|支出|营业|资产|薪酬|消费|储量|库存|规模|能耗|待遇|养老金|标准")
_BODY = re.compile(r"病|健康|残疾|伤|诊|药|治疗|检测|随访|评估等级|接种|妊娠")


@dataclass(frozen=True)
class Selection:
    wanted: tuple[WantedItem, ...]
    left_out: tuple[LeftOutItem, ...]
    lost: tuple[str, ...] = ()  # words of a wish that name no item of the entry


def select(items: Sequence[DataItem], purpose: str) -> Selection:
    """The items that `purpose` needs. Without a purpose nothing sensitive is asked for yet."""
    people = any(i.sensitivity in (Sensitivity.NAME, Sensitivity.IDENTITY_NUMBER) for i in items)
    wanted, left = [], []
    for item in items:
        why_not = _why_not(item, purpose, people)
        if why_not:
            left.append(LeftOutItem(name=item.name, reason=why_not))
        else:
            wanted.append(WantedItem(name=item.name, use=purpose[:500]))
    return Selection(tuple(wanted), tuple(left))


def follow(items: Sequence[DataItem], now: Selection, wish: ItemWish, purpose: str) -> Selection:
    """The selection after a person's wish. 「全部」 keeps what is needed: each further item has to be named."""
    if wish.kind == "all":
        return now
    named, lost = named_items(wish.words, items)
    if not named:
        return Selection(now.wanted, now.left_out, tuple(lost))
    asked = [w.name for w in now.wanted]
    if wish.kind == "only":
        chosen = set(named)
        reason = "本人没有要这一项"
    elif wish.kind == "add":
        chosen = set(asked) | set(named)
        reason = ""
    else:
        chosen = set(asked) - set(named)
        reason = "本人要求去掉"
    before = {left.name: left.reason for left in now.left_out}
    uses = {w.name: w.use for w in now.wanted}
    wanted = [WantedItem(name=i.name, use=uses.get(i.name, "") or purpose[:500]) for i in items if i.name in chosen]
    left = [LeftOutItem(name=i.name, reason=before.get(i.name) or reason) for i in items if i.name not in chosen]
    return Selection(tuple(wanted), tuple(left), tuple(lost))


def _why_not(item: DataItem, purpose: str, people: bool) -> str:
    """Why the purpose does not need an item; empty when it does."""
    kind = item.sensitivity
    if kind is Sensitivity.NONE:
        return ""
    if not purpose:
        return f"属于敏感数据项（{kind.label}），说明用途后再确定"
    if _named(item.name, purpose):
        return ""
    one_by_one = bool(
        _CHECKING.search(purpose)
        or _PAYING.search(purpose)
        or _REACHING.search(purpose)
        or _PERSONAL_SERVICE.search(purpose)
    )
    if kind in (Sensitivity.NAME, Sensitivity.IDENTITY_NUMBER):
        if _RELATED.search(item.name) and not re.search(r"户主", item.name):
            return f"“{_short(purpose)}”不需要相关人员的{kind.label}"
        return "" if one_by_one else f"“{_short(purpose)}”不需要识别到个人"
    if kind is Sensitivity.PHONE:
        return "" if _CONTACT.search(purpose) else f"“{_short(purpose)}”不需要联系本人"
    if kind is Sensitivity.ADDRESS:
        if _PLACES.search(purpose):
            return ""
        if not _HOME.search(item.name) and (one_by_one or not people):
            return ""
        return f"“{_short(purpose)}”不需要{item.name}"
    if kind is Sensitivity.ACCOUNT:
        return "" if re.search(r"发放|支付|拨付|打款|代扣|账户|流水", purpose) else f"“{_short(purpose)}”不需要账号"
    return _other(item, purpose, people, one_by_one)


def _other(item: DataItem, purpose: str, people: bool, one_by_one: bool) -> str:
    """其他敏感信息: the content itself where nobody is named; else only what the purpose speaks of."""
    if not people:
        return ""
    if _KEY.search(item.name) and one_by_one:
        return ""
    if _BODY.search(item.name):
        return "" if _HEALTH.search(purpose) else f"“{_short(purpose)}”不需要健康等敏感情况"
    if _AMOUNT.search(item.name):
        return "" if _MONEY.search(purpose) else f"“{_short(purpose)}”不需要{item.name}"
    if re.search(r"出生|年龄", item.name):
        return (
            ""
            if one_by_one or re.search(r"入学|入园|学位|接种|养老|高龄|龄", purpose)
            else f"“{_short(purpose)}”不需要{item.name}"
        )
    return f"看不出“{_short(purpose)}”需要这一项敏感信息"


def _named(name: str, purpose: str) -> bool:
    """Whether the purpose speaks of the item: two characters in a row that say something."""
    bare = re.sub(r"（[^）]*）|情况|信息|号码|编号|姓名|身份|证件|标识|等级|类型|名称|日期|记录|结果|状况", "", name)
    return any(bare[i : i + 2] in purpose for i in range(len(bare) - 1))


def _short(purpose: str) -> str:
    return purpose if len(purpose) <= 16 else purpose[:15] + "…"
