"""Fragments that say what to do: 去掉这个条件, 不分区了, 合计, 平均, 同比, 占比, 前五名, 从高到低, 超过10的.

Each reader takes its words out of the text and returns an edit; what is left is read for names, values and times.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from assistant.conversation_state.edits import (
    DropDimensions,
    DropFilter,
    DropQuantity,
    Edit,
    Keep,
    Rank,
    SetAggregate,
    SetChange,
    SetDimension,
    SetPeriod,
    Total,
)
from assistant.conversation_state.labels import dimension_label, quantity_label
from assistant.conversation_state.state import Dimension, Filter, Ranking, State, Threshold
from assistant.planning.numerals import read_number
from assistant.planning.plan import TimeUnit
from corpus.semantics import SemanticModel


@dataclass
class Commands:
    """What a fragment's commands ask for, and the text without them."""

    text: str
    edits: list[Edit] = field(default_factory=list)
    excluding: bool = False  # the values that are left are to be shut out
    dropping: bool = False  # … or, where they are conditions now, to be dropped
    comparing: bool = False  # … or stand beside those asked about
    adding: bool = False  # … in addition to what is there
    these: bool = False  # 他们, 这些: the rows that were shown


_N = r"[一二两三四五六七八九十百\d]+"
_THINGS = r"(?:名|个|家|位|所|条|种|类|项|只|座|件|强|大)?"
_THESE = re.compile(r"^(?:他们|它们|她们|这些|那些|这几个|这几家|上面(?:这些)?|以上(?:这些)?|上述)(?:的)?")
_NO_TIME = re.compile(
    r"(?:不限|不管|不看|去掉|取消|不要)(?:时间|年份|日期|月份|年度)(?:这个)?(?:条件|限制|了)?|(?:所有|全部|各个)年份的?"
)
_NO_RANK = re.compile(
    r"(?:不限|去掉|取消|不要|不看)(?:名次|排名|排序|前.名)(?:了|的限制)?|全部列出来?|都列出来|全列出来|列出(?:全部|所有)(?:的)?|不要只看前.名|看全部的?$"
)
_NO_BOUND = re.compile(r"(?:不限|去掉|取消)(?:大小|门槛|这个门槛)(?:了)?")
_WHOLE = re.compile(
    r"^(?:看|只看|换成|改成)?(?:全市|全国|全省|全县|全区|整体|总体)(?:范围)?(?:的|看|来看|情况|就行|就好|就可以|即可)*$"
)
_TOGETHER = re.compile(r"不(?:用|再)?(?:按|分)(?P<what>[^，,]{0,8}?)(?:分|看|统计|分组)?了?$|不(?:用)?分组了?|不分了")
_DROP = re.compile(
    r"^(?:去掉|取消|撤销|去除|移除|拿掉|不限)(?P<what>.*?)(?P<mark>(?:这个|这些|的|这一)?(?:条件|限制|筛选|要求))?(?:了)?$"
)
_AWAY = re.compile(r"^把(?P<what>.+?)(?:给)?(?:去掉|拿掉|排除|剔除|取消|去除|扣除)(?:了)?$")
_EXCLUDE = re.compile(
    r"^(?:不要|不算|不含|不包括|不包含|排除|剔除|除了|除去|除开|除)(?P<what>.+?)(?:以外|之外|外)?(?:的|了|呢)?$"
)
_COMPARE = re.compile(
    r"^(?:再)?(?:和|跟|与|同|对比|比较)(?P<what>.+?)(?:的)?(?:放在?一起|摆在?一起|做个?|来)?(?:相比|比较|对比|做比较|比一比|比一下|比比|比)(?:一下|起来|的话|看)?(?:呢|如何)?$|^对比(?P<other>.+)$"
)
_CHANGED = r"(?:增长|下降|上升|增加|减少|变化|增减|涨|降)?(?:率|幅|了)?(?:多少|几成|幅度|情况)?"
_GROWTH_YEAR = re.compile(
    rf"(?:同比|(?:比|较|和|跟|与|同)(?:上一?年|去年|前一年)(?:同期|同月|同季度)?(?:相比|比较|比)?){_CHANGED}"
)
_GROWTH_MONTH = re.compile(rf"(?:环比|(?:比|较|和|跟|与)(?:上个?月|前一个?月)(?:相比|比较|比)?){_CHANGED}")
_SHARE = re.compile(
    r"(?:各自?|分别)?的?(?:占比|(?:所?占的?|是)?(?:比例|百分比|比重|份额)|"
    r"占了?(?:多大|多少|百分之几|百分之多少|几成)(?:的?(?:比例|比重))?)(?:是多少|多少|情况)?"
)
_TOTAL = re.compile(
    r"的?(?:全部|全年|总体)?(?:合计|总共|一共|总计|加起来|加在一起|加总|汇总|总和|总数|总量|总的)(?:有|是|为)?"
)
_PERIODS: dict[str, TimeUnit] = {"年": "year", "季": "quarter", "月": "month", "天": "day", "日": "day"}
_EVERY = re.compile(
    r"(?:按照?|逐|每个?|分|各个?|(?:细化|细分|拆分?|展开|精确|具体)[到成])(?P<unit>年|季|月|天|日)(?:度|份)?"
    r"(?:来?看|统计|分组?|来?列|排|给我|来)?(?:一下)?$"
)
_SHIFT = re.compile(r"^(?:(?P<back>去年同期|上年同期|再?往?前推?一年|上一年)|(?P<on>往?后一年|下一年))的?$")
_AVERAGE = re.compile(r"(?:的)?(?:平均值|平均数|平均|均值)(?:是|为)?(?:多少)?$")
_EXTREME = re.compile(r"^(?:的)?(?P<which>最大值|最高值|最小值|最低值|中位数)(?:是|为)?(?:多少)?$")
_TOP = re.compile(rf"(?:排名?)?(?:前|头|靠前的?|领先的?|前面的?)(?P<n>{_N}){_THINGS}")
_BOTTOM = re.compile(rf"(?:排名?)?(?:倒数的?前?|最后的?|后|靠后的?|垫底的?|末尾的?)第?(?P<n>{_N}){_THINGS}")
_MOST = re.compile(
    rf"最(?P<how>多|高|大|长|贵|好|强|少|低|小|短|便宜|差|弱)的?(?:(?:前)?(?P<n>{_N})(?:名|个|家|位|所|条|种|类|项|座))?"
)
_SORT = re.compile(
    r"(?:按|从|由)?(?:从|由)?(?P<from>高|大|多|低|小|少)(?:到|往)(?P<to>低|小|少|高|大|多)(?:的)?(?:顺序)?(?:排序|排列|排|来排)?(?:一下|列)?|(?P<word>降序|升序|倒序)(?:排列|排)?"
)
_BOUND = re.compile(
    rf"(?P<op>不少于|不低于|不小于|不超过|不高于|不多于|超过|大于|高于|多于|至少|达到|不到|不足|少于|低于|小于)(?P<n>[\d.]+[万亿]?|{_N}[万亿]?)(?P<unit>[个家所件条座张人名起户]*)(?:的)?"
)
_BOUND_AFTER = re.compile(
    rf"(?P<n>[\d.]+[万亿]?|{_N}[万亿]?)(?P<unit>[个家所件条座张人名起户]*)(?P<op>以上|以下|及以上)(?:的)?"
)
_OPS = {
    "不少于": ">=", "不低于": ">=", "不小于": ">=", "至少": ">=", "达到": ">=", "以上": ">=", "及以上": ">=",
    "超过": ">", "大于": ">", "高于": ">", "多于": ">", "不超过": "<=", "不高于": "<=", "不多于": "<=", "以下": "<=",
    "不到": "<", "不足": "<", "少于": "<", "低于": "<", "小于": "<",
}  # fmt: skip
_ADD = re.compile(r"^(?:还有|以及|再加上?|加上|同时看|连同|再按|再分|并按)")


def read_commands(text: str, state: State, model: SemanticModel, added: tuple[Filter, ...]) -> Commands:
    """The commands in a fragment. `added`: the conditions that the last fragment brought in."""
    found = Commands(text)
    readers: list[Callable[[Commands], None]] = [
        _pronoun,
        _resets,
        lambda c: _times(c, state),
        lambda c: _drops(c, state, model, added),
        _relations,
        lambda c: _bounds(c, state),
        lambda c: _ranks(c, state),
        _sums,
    ]
    for reader in readers:
        reader(found)
    if _ADD.match(found.text):
        found.adding = True
        found.text = _ADD.sub(lambda m: "按" if m[0][-1] in "按分" else "", found.text)
    return found


def _take(commands: Commands, pattern: re.Pattern[str]) -> re.Match[str] | None:
    match = pattern.search(commands.text)
    if match:
        commands.text = (commands.text[: match.start()] + commands.text[match.end() :]).strip("，, 的")
    return match


def _pronoun(commands: Commands) -> None:
    if _take(commands, _THESE):
        commands.these = True


def _resets(commands: Commands) -> None:
    if _take(commands, _NO_TIME):
        commands.edits.append(SetPeriod(None))
    if _take(commands, _NO_RANK):
        commands.edits.append(Rank(None))
    if _take(commands, _NO_BOUND):
        commands.edits.append(Keep(None))
    if _take(commands, _WHOLE):
        commands.edits.append(DropDimensions(regions=True))


def _times(commands: Commands, state: State) -> None:
    if match := _EVERY.search(commands.text):
        unit: TimeUnit = _PERIODS[match["unit"]]
        more = bool(_ADD.match(commands.text)) or bool(re.match(r"再", commands.text))
        commands.edits.append(SetDimension(Dimension(unit=unit), more))
        commands.text = commands.text[: match.start()].strip("，, 的再")
    elif state.period and (match := _SHIFT.match(commands.text)):
        commands.edits.append(SetPeriod(state.period.shifted(-12 if match["back"] else 12)))
        commands.text = ""


def _drops(commands: Commands, state: State, model: SemanticModel, added: tuple[Filter, ...]) -> None:
    if match := _TOGETHER.search(commands.text):
        word = (match["what"] or "").strip("“”")
        labels = {dimension_label(d, model) for d in state.dimensions}
        commands.edits.append(DropDimensions(word=word if word in labels and len(labels) > 1 else ""))
        commands.text = commands.text[: match.start()].strip("，, ")
        whole = re.search(r"[，,]?\s*(?:只?看)?全市的?$", commands.text)
        if whole:
            commands.text = commands.text[: whole.start()]
        return
    if match := re.match(r"^不(?:用|再)?分[^，,]{0,4}了?[，,](?:看)?(?:全市|总的|总体|合计)的?$", commands.text):
        commands.edits.append(DropDimensions())
        commands.text = ""
        return
    commands.text = _AWAY.sub(r"去掉\g<what>", commands.text)
    if match := _DROP.match(commands.text):
        what = re.sub(r"^(?:这个|那个|刚才的?|上一个)$|[“”\"]", "", match["what"].strip())
        if what in {quantity_label(q, model) for q in state.quantities}:
            commands.edits.append(DropQuantity(what))
            commands.text = ""
        elif not what:
            commands.edits.append(DropFilter(last=added))
            commands.text = ""
        else:
            commands.dropping, commands.text = True, what
            commands.excluding = not match["mark"]
        return
    if match := _EXCLUDE.match(commands.text):
        commands.excluding = True
        commands.text = match["what"].strip("“”")


def _relations(commands: Commands) -> None:
    if _take(commands, _GROWTH_MONTH):
        commands.edits.append(SetChange("month"))
    elif _take(commands, _GROWTH_YEAR):
        commands.edits.append(SetChange("year"))
    elif match := _COMPARE.match(commands.text):
        commands.comparing = True
        commands.text = match["what"] or match["other"]
        return
    if _take(commands, _SHARE):
        commands.edits.append(SetChange("share"))


def _bounds(commands: Commands, state: State) -> None:
    """A bound on what each group comes to; a bound on a column that is named is no command."""
    if not state.dimensions or not state.quantities:
        return
    match = _BOUND.match(commands.text) or _BOUND_AFTER.match(commands.text)
    number = read_number(match["n"]) if match else None
    if match and number and number.length == len(match["n"]):
        commands.edits.append(Keep(Threshold(_OPS[match["op"]], number.value)))
        commands.text = re.sub(r"^(?:有哪些|有哪几个|是哪些|有吗)$", "", commands.text[match.end() :])


def _ranks(commands: Commands, state: State) -> None:
    if match := _take(commands, _SORT):
        down = match["from"] in ("高", "大", "多") if match["from"] else match["word"] in ("降序", "倒序")
        commands.edits.append(Rank(Ranking(down, None)))
    elif match := _take(commands, _TOP):
        _rank(commands, True, match["n"])
    elif match := _take(commands, _BOTTOM):
        _rank(commands, False, match["n"])
    elif match := _take(commands, _MOST):
        down = match["how"] in ("多", "高", "大", "长", "贵", "好", "强")
        asks_one = re.search(r"哪(?!些|几)|谁|第一", commands.text)
        limit = match["n"] or ("一" if asks_one or not state.ranking else str(state.ranking.limit))
        commands.text = re.sub(r"^(?:是|有)?(?:哪一?个|哪些|哪几个|谁|哪里)$", "", commands.text)
        commands.text = re.sub(r"^(?:是|有)?(?:哪一?个?|哪些)", "", commands.text)
        _rank(commands, down, limit)


def _rank(commands: Commands, descending: bool, many: str) -> None:
    number = read_number(many)
    if number and number.value >= 1:
        commands.edits.append(Rank(Ranking(descending, int(number.value))))


def _sums(commands: Commands) -> None:
    if match := _EXTREME.match(commands.text):
        word = match["which"]
        commands.edits.append(SetAggregate("median" if word == "中位数" else "max" if word[1] in "大高" else "min"))
        commands.text = ""
    elif _take(commands, _AVERAGE):
        commands.edits.append(SetAggregate("avg"))
    elif commands.these and _TOTAL.search(commands.text):
        commands.edits.append(Total())  # what they come to, in whatever words
        commands.text = ""
    elif re.fullmatch(rf"(?:{_TOTAL.pattern})(?:多少|几)?[^，,]{{0,2}}", commands.text):
        commands.edits.append(Total())
        commands.text = ""
