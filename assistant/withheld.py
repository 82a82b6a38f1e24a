"""Whether a question asks for what its asker may not see. Decided from names alone: no value of a hidden table takes part.

Six signs, the surest first: the planner over all names explains by hidden tables what the asker's own cannot; it reads as
said a name that the asker's own takes for another word; the title of a hidden dataset is said; personal details are asked
for (身份证号, 手机号 of persons); persons are asked for by what only a hidden table records of persons; the catalogue entry
that is by far the closest is closed to the asker, and what they may see has no sound reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from assistant.planning.embedded import Candidate, EmbeddedPlanner, Planning
from assistant.planning.plan import Col, Plan, columns_in, columns_of, expressions_of, tables_of
from assistant.services import Services
from assistant.strength import plan_strength, says_nothing_new
from assistant.turn import Turn
from corpus.catalog import Dataset, Sensitivity
from corpus.semantics import Table

HELD = 0.6  # from this strength on, a question that only hidden tables explain is about data that are held
FURTHER = 0.2  # by how much more the hidden tables must explain
CLOSE, SURE = 0.5, 0.85  # a catalogue entry that is clearly meant: its score, and the search's confidence
NAMED = 0.85  # a name that means a thing, not a part of a longer name
TITLE = 4  # characters of a title that is no everyday word
_PERSON = re.compile(
    r"人员|居民|老人|患者|病人|病号|学生|家长|户主|对象|医师|医生|护士|教师|老师|职工|员工|司机|业主|村民|市民|群众|儿童|残疾人|"
    r"参保人|申请人|当事人|驾驶人|新生儿|孕妇|党员|干部|低保户|困难户|退役军人|军人|他们|她们|本人|[的些位]人"
)
_ALWAYS = re.compile(
    r"身份证(?:件)?号码?|身份证(?!办理|制证|业务)|银行(?:卡|账)号?|(?:手机|移动电话)号?码?|家庭住址|病历|住在?(?:哪|什么地方)|家在哪"
)
_OF_PERSONS = re.compile(r"姓名|名字|名单|住址|地址|电话|联系方式|出生日期|生日|账号|账户|档案|户口")
_THEIRS = re.compile(rf"(?:{_PERSON.pattern})[们的]{{0,2}}(?P<detail>(?:联系|家庭|手机)?(?:{_OF_PERSONS.pattern}))")
# A person by name: a usual family name, one or two characters, and what is personal.
_BY_NAME = re.compile(
    r"(?:^|[，。：:、 ]|查|看|要|下|出|问)(?:[赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华魏陶姜谢邹苏潘葛范彭鲁韦马方俞任袁柳史唐薛雷贺倪汤罗毕郝邬常于傅齐康伍余顾孟黄穆萧尹姚邵汪毛狄戴宋庞熊纪舒屈项祝董梁杜阮席季贾江童郭梅林钟徐邱骆高夏蔡田胡凌霍万管卢莫裴陆翁甄程段侯全秋宫宁祖武刘景詹龙叶黎薄白蒲索赖卓池乔胥苍闻谭劳]|欧阳|司马|上官|诸葛)"
    r"[\u4e00-\u9fff]{1,2}(?:的|住)"
)
_KINDS: tuple[tuple[str, Sensitivity], ...] = (
    ("身份证", Sensitivity.IDENTITY_NUMBER),
    ("银行|账号|账户|卡号", Sensitivity.ACCOUNT),
    ("手机|电话|联系方式", Sensitivity.PHONE),
    ("住|地址", Sensitivity.ADDRESS),
    ("姓名|名字|名单|出生|生日|档案|户口", Sensitivity.NAME),
)
_WHO, _WHICH = re.compile(r"谁"), re.compile(r"哪些|哪几|有谁|是谁|名单|有哪")
_COUNTS = re.compile(r"数据集|数据目录|目录里|多少(?:个|种)?数据")


def withheld(turn: Turn, services: Services) -> tuple[list[Dataset], list[str]]:
    """The datasets that a question asks for and its asker may not see, and the labels of such tables without an entry."""
    assert turn.scoped is not None and turn.planning is not None
    hidden = hidden_tables(turn, services)
    closed = list(_closed_hits(turn, services))
    if not hidden and not closed:
        return [], []
    everything = turn.scoped.full.plan(turn.text)
    for sign in (
        _explained(turn, everything),
        _said_as_is(turn, everything),
        _named(turn.text, [t for t in hidden if t.name not in turn.scoped.scope.tables], closed),
        _personal(turn.text, everything, turn, closed),
        _persons_with(turn, everything, hidden),
        _closest(turn, closed),
    ):
        found = _entries(sign, services)
        if found[0] or found[1]:
            return found
    return [], []


def hidden_tables(turn: Turn, services: Services) -> list[Table]:
    """Tables of which this asker may not see everything."""
    assert turn.scoped is not None
    seen = turn.scoped.scope.tables
    return [
        t
        for t in services.semantics.tables
        if t.name not in seen or not {c.name for c in t.columns} <= set(seen[t.name].columns)
    ]


def tables_out_of_sight(candidate: Candidate, turn: Turn) -> list[str]:
    """Tables that a reading over all names uses and this asker may not see, or not with those columns."""
    assert turn.scoped is not None
    seen = turn.scoped.scope.tables
    query = candidate.reading.query
    if not isinstance(query, Plan):
        return []
    used: list[Col] = [c for e in (*query.keys, *query.group) for c in columns_of(e)]
    used += [c for v in query.values for e in expressions_of(v) for c in columns_of(e)]
    used += columns_in(query.where)
    tables = [t for t in tables_of(query) if t not in seen]
    tables += [c.table for c in used if c.table in seen and c.name not in seen[c.table].columns]
    return list(dict.fromkeys(tables))


def are_named(everything: Planning, tables: list[str]) -> bool:
    """Whether a name in the question means one of these tables or of their columns, and not a part of a longer name."""
    return any(
        c.kind != "value" and c.table in tables and c.score >= NAMED for m in everything.mentions for c in m.candidates
    )


def is_sound(planning: Planning, planner: EmbeddedPlanner) -> bool:
    """Whether the best reading joins nothing in a way that multiplies its rows."""
    if not planning.candidates:
        return False
    query, graph = planning.candidates[0].reading.query, planner.schema.graph
    if not isinstance(query, Plan):
        return True
    return all(graph.safe(query.root, t) or graph.safe(t, query.root) for t in tables_of(query))


def _explained(turn: Turn, everything: Planning) -> list[Table | Dataset]:
    """Tables out of sight that explain what the asker's own do not."""
    assert turn.scoped is not None and turn.planning is not None
    strength = plan_strength(everything)
    if strength < HELD or strength < plan_strength(turn.planning) + FURTHER:
        return []
    tables = tables_out_of_sight(everything.candidates[0], turn)
    model = turn.scoped.full.model
    return [model.table(t) for t in tables] if are_named(everything, tables) else []


def _said_as_is(turn: Turn, everything: Planning) -> list[Table | Dataset]:
    """Hidden tables that a name means as it stands, where the asker's own reading took it for another word.

    「欠税」 is a column of companies' tax records; that it also begins the title of a public notice is a looser reading.
    """
    assert turn.scoped is not None and turn.planning is not None
    if not everything.candidates or plan_strength(everything) < HELD:
        return []
    tables = tables_out_of_sight(everything.candidates[0], turn)
    changed = [(m.start, m.end) for m in turn.planning.mentions if turn.text[m.start : m.end] != m.text]
    as_said = any(
        c.kind != "value" and c.table in tables and c.score >= NAMED
        for m in everything.mentions
        if m.text == turn.text[m.start : m.end] and any(start < m.end and m.start < end for start, end in changed)
        for c in m.candidates
    )
    return [turn.scoped.full.model.table(t) for t in tables] if as_said else []


def _persons_with(turn: Turn, everything: Planning, hidden: list[Table]) -> list[Table | Dataset]:
    """The hidden table that records of persons what they are asked for by: 谁得了肺结核.

    Where the asker's own data do answer with something, they are not kept from it.
    """
    assert turn.scoped is not None and turn.planning is not None
    if not (_WHO.search(turn.text) or (_PERSON.search(turn.text) and _WHICH.search(turn.text))):
        return []
    mine = turn.planning.candidates[0].reading if turn.planning.candidates else None
    if mine is not None and not says_nothing_new(mine.query):
        return []
    model = turn.scoped.full.model
    labels = {
        model.table(c.table).column(c.column).label
        for m in everything.mentions
        for c in m.candidates
        if c.kind == "value" and c.column
    }
    found = (t for t in hidden if any(c.sensitivity for c in t.columns) and labels & {c.label for c in t.columns})
    return [*islice(found, 1)]


def _named(text: str, hidden: list[Table], closed: list[tuple[Dataset, float]]) -> list[Table | Dataset]:
    """A hidden dataset or table whose whole title is said."""
    found: list[Table | Dataset] = [d for d, _ in closed if len(d.title) >= TITLE and d.title in text]
    return found or [t for t in hidden if len(t.label) >= TITLE and t.label in text]


def _personal(
    text: str, everything: Planning, turn: Turn, closed: list[tuple[Dataset, float]]
) -> list[Table | Dataset]:
    """The dataset that holds the personal details that are asked for."""
    assert turn.scoped is not None
    persons = _PERSON.search(text) or _BY_NAME.search(text)
    if _COUNTS.search(text) or not (_ALWAYS.search(text) or (persons and _OF_PERSONS.search(text))):
        return []
    if not _ALWAYS.search(text) and not _BY_NAME.search(text) and _is_published(text, turn, closed):
        return []
    wanted = {kind for words, kind in _KINDS if re.search(words, text)}
    for dataset, _ in closed:
        if wanted & {item.sensitivity for item in dataset.items}:
            return [dataset]
    model = turn.scoped.full.model
    used = tables_out_of_sight(everything.candidates[0], turn) if everything.candidates else []
    if used:
        return [model.table(used[0])]
    holders = [
        t
        for t in model.tables
        if t.name not in turn.scoped.scope.tables and wanted & {c.sensitivity for c in t.columns if c.sensitivity}
    ]
    return [max(holders, key=lambda t: t.rows or 0)] if holders else []


def _is_published(text: str, turn: Turn, closed: list[tuple[Dataset, float]]) -> bool:
    """Whether what is meant is an open entry that persons only help to name: 儿童预防接种门诊的地址, 家庭医生团队名单.

    Where the detail is said of the persons themselves (老人的电话), the entry's title has to speak of that detail.
    """
    if turn.datasets is None or not turn.datasets.hits or turn.datasets.confidence < SURE:
        return False
    best = turn.datasets.hits[0]
    if best.score < CLOSE or best.id in {dataset.id for dataset, _ in closed}:
        return False
    of_persons = _THEIRS.search(text)
    kinds = [words for words, _ in _KINDS if of_persons and re.search(words, of_persons["detail"])]
    return of_persons is None or any(re.search(words, best.title) for words in kinds)


def _closest(turn: Turn, closed: list[tuple[Dataset, float]]) -> list[Table | Dataset]:
    """The entry that is clearly meant, where what the asker may see has no sound reading of the question."""
    assert turn.scoped is not None and turn.planning is not None
    if not closed or turn.datasets is None or turn.datasets.confidence < SURE:
        return []
    dataset, score = closed[0]
    if score < CLOSE or turn.datasets.hits[0].id != dataset.id:
        return []
    weak = plan_strength(turn.planning) < HELD or not is_sound(turn.planning, turn.scoped.planner)
    return [dataset] if weak else []


def _closed_hits(turn: Turn, services: Services) -> Iterator[tuple[Dataset, float]]:
    """What the search found that this asker may not see, best first."""
    seen = turn.scoped.scope.tables if turn.scoped else {}
    for hit in turn.datasets.hits if turn.datasets else ():
        dataset = services.datasets.get(hit.id)
        if dataset is None or dataset.table in seen:  # some of it has been opened to this person
            continue
        if not services.rights.decide(turn.principal, dataset).allowed:
            yield dataset, hit.score


def _entries(found: list[Table | Dataset], services: Services) -> tuple[list[Dataset], list[str]]:
    """Catalogue entries for what was found; the labels of tables that have none."""
    datasets: list[Dataset] = []
    labels: list[str] = []
    for one in found:
        entry = one if isinstance(one, Dataset) else services.datasets.get(one.dataset or "")
        if entry is None:
            labels.append(one.label if isinstance(one, Table) else one.title)
        elif entry not in datasets:
            datasets.append(entry)
    return datasets, labels
