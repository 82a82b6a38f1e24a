"""Wishes about data items: 只要姓名和年级, 去掉身份证号, 加上现住址, 全部数据项. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.requesting.said import ItemWish
from corpus.catalog import DataItem, Sensitivity

_ONLY = re.compile(
    r"^(?:我们?|这次)?(?:只|仅|就)(?:需要?|要|用|申请|保留|留)(?!.{0,8}(?:使用|系统|平台|科室))(?P<w>.+)$|^(?P<v>.+?)(?:就够了?|就可以了?|就行了?|即可|足够了?|足矣)$|^(?:数据项|字段)(?:只|仅)?(?:是|为|：|要|包括|选|改成|改为)(?P<u>.+)$"
)
_DROP = re.compile(
    r"^(?:请|帮我|再|把|将)*(?:去掉|去除|删掉|删除|删去|不要|不需要|不用|取消|剔除|不含|不包括|排除|减去|移除)(?:数据项|字段|其中的?|里面的?|里的)?(?P<w>.+)$"
    r"|^(?:请|再)?(?:把|将)?(?P<v>.+?)(?:这[一]?项|这个字段)?(?:去掉|删掉|删除|删了|去了|拿掉|剔除|不要了?|不需要了?|不用了?|就不要了?)$"
)
_ADD = re.compile(
    r"^(?:请|再|还)*(?:加上|加入|增加|补上|添加|还要|还需要?|加一?个|补充(?:数据项|字段))(?:数据项|字段)?(?P<w>.+)$|^(?:把|将)?(?P<v>.+?)(?:也)?(?:加上|加进去|也要|也需要|保留)$"
)
_ALL = re.compile(
    r"(?:全部|所有|整个|全量)的?(?:数据项|字段|内容|列|项)|一[个项]都?(?:不能|别)少|(?:数据项|字段)(?:全都?要|都要|全部)|全都要"
)
_SPLIT = re.compile(r"[、和与及]|以及|还有|，")
_SUFFIX = re.compile(r"(?:（[^）]*）|号码|编号|信息|情况|代码|名称|数据|一[项列]|这[项个列]|字段|数据项)$")
_KINDS: tuple[tuple[re.Pattern[str], Sensitivity], ...] = (
    (re.compile(r"身份证|身份号|证件号|公民身份"), Sensitivity.IDENTITY_NUMBER),
    (re.compile(r"电话|手机|联系方式"), Sensitivity.PHONE),
    (re.compile(r"住址|地址"), Sensitivity.ADDRESS),
    (re.compile(r"银行账号|账号|账户|卡号"), Sensitivity.ACCOUNT),
)


def item_wish(clause: str) -> ItemWish | None:
    """The wish that a clause states; whether its words name items only the catalogue entry can tell."""
    if found := _ALL.search(clause):
        return ItemWish("all", found.group(), clause)
    for kind, pattern in (("drop", _DROP), ("only", _ONLY), ("add", _ADD)):
        match = pattern.match(clause)
        words = next((g for g in match.groups() if g), "") if match else ""
        if words:
            return ItemWish(kind, words, clause)  # type: ignore[arg-type]
    return None


def named_items(words: str, items: Sequence[DataItem]) -> tuple[list[str], list[str]]:
    """(names of the items that `words` mean, words that mean none)."""
    found: dict[str, None] = {}
    lost: list[str] = []
    for part in (p.strip(" 的了") for p in _SPLIT.split(words)):
        if not part:
            continue
        named = _items_of(part, items)
        if named:
            found.update(dict.fromkeys(named))
        else:
            lost.append(part)
    if lost and (whole := [i.name for i in items if i.name in words]):
        found.update(dict.fromkeys(whole))
        lost = [part for part in lost if not any(part in name for name in whole)]
    return list(found), lost


def _items_of(part: str, items: Sequence[DataItem]) -> list[str]:
    exact = [i.name for i in items if part == i.name]
    if exact:
        return exact
    stem = _stem(part)
    near = [i.name for i in items if stem and _stem(i.name) == stem]
    if near:
        return near
    kind = next((k for pattern, k in _KINDS if pattern.search(part)), None)
    if kind is not None:
        of_kind = [i.name for i in items if i.sensitivity is kind]
        closest = [name for name in of_kind if _stem(name) in part or stem in name]
        if closest or of_kind:
            return closest or of_kind
    if len(stem) < 2:
        return []
    inside = [i.name for i in items if stem in i.name]
    return inside or [i.name for i in items if len(_stem(i.name)) >= 2 and _stem(i.name) in part]


def _stem(name: str) -> str:
    while (shorter := _SUFFIX.sub("", name)) and shorter != name:
        name = shorter
    return name
