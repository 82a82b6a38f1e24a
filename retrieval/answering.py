"""Whether an article says the kind of thing that a question asks: a list, a definition, a date, a penalty, who is in charge.

Ranking tells which articles are on the topic; this tells which of them answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.asked import asked_kind

_DEFINES = re.compile(
    r"(?:什么是|何谓|何为)(?P<a>[^，。？?！]{2,16})|(?P<b>[^，。？?！什]{2,16})(?:是指什么|是什么意思|指的是什么|的(?:定义|含义)是?什么?)"
)
_LISTS = re.compile(
    r"哪些|哪几|什么(?:内容|条件|材料|情形|情况|要求|义务|程序|文件|方式)|包括|分为|几[类种]|怎么分|如何分"
)


@dataclass(frozen=True)
class _Sign:
    """A way of asking, what an article that answers it says, and how much that is worth."""

    asks: re.Pattern[str]
    says: re.Pattern[str]
    worth: float


_SIGNS = (
    _Sign(
        re.compile(
            r"(?:什么时候|何时|哪天|哪年|几时|从哪一?天)[^，。]{0,6}(?:施行|实施|生效|执行)|(?:施行|实施|生效)(?:日期|时间)"
        ),
        re.compile(r"自[^，。]{4,16}起(?:施行|实施|生效)"),
        0.6,
    ),
    _Sign(
        re.compile(
            r"处罚|罚款|罚多少|什么责任|法律责任|什么后果|(?:怎么|如何|会被怎么|受到?什么)处理|会怎么?样|追究|要坐牢|违法.{0,6}吗"
        ),
        re.compile(r"罚款|处分|责令|没收|追究|刑事责任|依法给予|拘留|吊销|不予(?:立项|安排|受理|批准)|停止"),
        0.2,
    ),
    _Sign(
        re.compile(r"谁负责|由谁|哪个(?:部门|机关|单位)|向谁|找谁|谁来"),
        re.compile(r"(?:部门|机关|机构|单位|委员会)[^，。]{0,20}(?:负责|承担|统筹|主管|审核|受理|办理)"),
        0.08,
    ),
    _Sign(
        re.compile(
            r"应当(?:说明|写明|提交|提供|包括|明确|载明|标注|列明)|说明哪些|(?:提交|提供|带|准备|交)(?:哪些|什么)(?:材料|内容|资料)"
        ),
        re.compile(
            r"(?:说明|写明|明确|载明|包括|标注|列明|提交|提供)[^。；]{0,40}、[^。；]{1,30}[、和]|下列(?:内容|材料|事项|信息)"
        ),
        0.12,
    ),
    _Sign(re.compile(r"(?:哪些|什么|何种)情[形况]"), re.compile(r"(?:下列|以下)情[形况]|情[形况]之一"), 0.15),
    _Sign(_LISTS, re.compile(r"（[一二]）|\([一二]\)|分为|包括[^。]{2,40}、|下列|以下"), 0.06),
    _Sign(
        re.compile(
            r"能不能|能否|可否|可不可以|是否可以|可以[^，。？]{0,16}吗|能[^，。？]{0,12}吗|允许|行不行|要不要|用不用|算不算|合法吗|合理吗|拒绝吗"
        ),
        re.compile(r"不得|可以|禁止|应当|有权|不予|无权"),
        0.04,
    ),
)


def defined_term(question: str) -> str:
    """The term whose definition is asked for; empty when none is.

    >>> defined_term("什么是重要数据？"), defined_term("数源部门是什么意思")
    ('重要数据', '数源部门')
    """
    match = _DEFINES.search(question)
    return (match["a"] or match["b"]).strip('“”「」‘’"的 ') if match else ""


def definition(term: str, text: str) -> int:
    """Where `text` defines `term`: the position of the term, or -1."""
    quoted = rf"[“「\"]?{re.escape(term)}[”」\"]?"
    match = re.search(rf"(?:^|[^一-鿿]|所称|中的|其中)({quoted})(?:（[^）]*）)?，?(?:是指|指的是|指|，系指)", text)
    return match.start(1) if match else -1


def answers(question: str, text: str) -> float:
    """0: no sign that `text` says the kind of thing that is asked; up to about 1: it says just that."""
    worth = 0.0
    for sign in _SIGNS:
        if sign.asks.search(question) and sign.says.search(text):
            worth += sign.worth
    asked = asked_kind(question)
    if asked is not None and asked.holds.search(text):
        worth += 0.12
    term = defined_term(question)
    if term and definition(term, text) >= 0:
        worth += 0.6
    return min(1.0, worth)
