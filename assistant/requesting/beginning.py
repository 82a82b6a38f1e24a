"""Whether words ask for data to be shared: said outright, or said by an officer who needs another department's data. Pure."""

from __future__ import annotations

import re

from assistant.requesting import phrases
from assistant.requesting.clauses import plain
from assistant.requesting.reading import Reader, read
from assistant.steps import cues

# 「帮我写一份申请」 orders a draft, whatever else is asked in the same breath.
_ORDERS = re.compile(
    r"(?:帮|替)(?:我们?局?|本局)申请|(?:帮|给|替|为)(?:我们?局?|本局)?(?:写|弄|起草|填|拟|整|出|做|生成|报)[^，。]{0,8}(?:申请|草稿|一[份个]|好)|起草[^，。]{0,30}申请|整个申请|(?:写|拟|填)一?[份个][^，。]{0,10}申请|报个?共享申请"
)
_APPLIES = re.compile(
    r"申请(?!流程|程序|条件|材料|表|书|人|量|数量?|情况|记录|的|件|次|时限|期限|答复|办理|了?多少|公开|规程)"
)
_ASKS_TOO = re.compile(r"多[长久大少]|算不算|要不要")
_OF_RULES = re.compile(r"规定|条例|办法|流程|程序|期限|时限|多久|材料|应当|要求是")
_OF_FIGURES = re.compile(
    r"去年|今年|前年|近[一二三四五六七八九十\d]+年|20\d\d年(?!.{0,8}使用)|各区|每个|各[个]?(?:区县|街道|部门|学校|医院)|数量|趋势|排名|平均|同比|统计一下"
)


def begins_request(question: str, reader: Reader, *, department: str) -> bool:
    """Whether a question opens a share request. `department`: the one that the asker acts for; empty for none."""
    text = plain(question)
    if _ORDERS.search(text) and "申请" in text:
        return True
    if cues.REQUEST.search(text) and not cues.ASKS.search(text) and ("申请" in text or not cues.FIND.search(text)):
        return True
    if cues.ASKS.search(text) or _ASKS_TOO.search(text) or _OF_RULES.search(_without_titles(text)):
        return False
    if phrases.EVERYTHING.search(text) and re.search(r"共享|申请|给我们?|拿|调取", text):
        return True
    said = read(text, reader, first=True)
    if not said.wanted:
        return False
    named = bool(phrases.DATA.search(said.wanted) or reader.names.titles_in(said.wanted))
    if _APPLIES.search(text) and (named or said.purpose):
        return True
    if not department or text.endswith("？") or _OF_FIGURES.search(said.wanted):
        return False
    return bool(said.purpose) and (named or bool(re.search(r"(?:局|委|部门|中心|那边|公安|民政|税务)的", said.wanted)))


def _without_titles(text: str) -> str:
    """The words without the texts they cite and the basis they state: a cited rule is no question about rules."""
    text = re.sub(r"《[^》]*》(?:第[^，。条]{1,8}条)?", "", text)
    return re.sub(r"(?:使用)?(?:依据|根据|时限|期限)[^，。；]*", "", text)
