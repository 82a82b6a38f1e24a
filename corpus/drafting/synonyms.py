"""Other words people use for a column."""

from __future__ import annotations

import re

from corpus.drafting.entities import translated
from corpus.drafting.labels import is_chinese, words
from corpus.drafting.lexicon import (
    ENGLISH,
    HEADS,
    MEASURE_WORDS,
    OPENERS,
    PEOPLE_ENDS,
    PERSON_MEASURES,
    SHORT_NAMES,
    VERBS,
    WITHIN,
)
from corpus.semantics import Role

LIMIT = 16
_COUNT = re.compile(r"^(.+?)(数量|人数|总数量|总人数|个数|总数|数目|人次数|数)$")
_NUMBER_WORDS = (
    "分数",
    "指数",
    "系数",
    "倍数",
    "参数",
    "函数",
    "代数",
    "届数",
    "期数",
    "基数",
    "奇数",
    "岁数",
    "次数",
    "天数",
    "年数",
    "级数",
    "层数",
    "页数",
    "字数",
    "集数",
    "场数",
    "章数",
)
_BEFORE_NAME = re.compile(r"^(?!姓名$|名称$|名字$)(.+?)(名称|名字|姓名|名)$")


def column_synonyms(
    name: str, label: str, *, role: Role, table: str = "", entity: str = "", unit: str = ""
) -> list[str]:
    """Synonyms of one column, the surest first; never the label itself, never empty, at most 16."""
    found: list[str] = []
    if name.strip() != label and is_chinese(name):
        found.append(name.strip())
    if not is_chinese(label):
        found += _english(label)
    if role is Role.NAME:
        found += _names(label, entity, table)
    pointer = role in (Role.FOREIGN, Role.KEY)
    stripped = "" if pointer else _without_owner(label, table, entity)
    for text in (label, stripped):
        if text:
            found += _counts(text)
            found += _swapped(text)
            if role is Role.TIME:
                found += _times(text)
            found += _opened(text)
    if stripped:
        found.append(stripped)
    elif entity in MEASURE_WORDS and len(label) <= 4 and is_chinese(label) and entity not in label and not pointer:
        found.append(entity + label)
    if label.startswith("是否"):
        found.append(label.removeprefix("是否"))
    if unit == "%" and not label.endswith(("率", "比", "占比", "比例")):
        found += [label + "率", label + "占比"]
    return [s for s in dict.fromkeys(found) if len(s) > 1 and s != label][:LIMIT]


def pointer_synonyms(label: str, target_label: str, target_entity: str) -> list[str]:
    """Synonyms of a column that points to another table: 企业id → 企业, 企业名称; 举办国家id → 举办国家."""
    stem = re.sub(r"(?:[_\s]?id|编号|编码|代码|号)$", "", label, flags=re.IGNORECASE)
    found = [stem] if stem and stem != label else []
    # The table's own words may stand for the column only where the column says no more than they do.
    if not stem or stem in (target_label, target_entity) or stem in target_label or not is_chinese(stem):
        found += [target_label, target_entity]
    return [s for s in dict.fromkeys(found) if s and s != label]


def _english(label: str) -> list[str]:
    parts = words(label)
    found = [" ".join(parts)]
    whole = translated(parts)
    if whole:
        found.append(whole)
        found += [whole.removesuffix(ENGLISH[parts[-1]][0]) + other for other in ENGLISH.get(parts[-1], ())[1:]]
    elif len(parts) > 1 and parts[-1] in ENGLISH:
        found += ENGLISH[parts[-1]]
    return found


def _names(label: str, entity: str, table: str) -> list[str]:
    found: list[str] = []
    match = _BEFORE_NAME.match(label)
    stem = match.group(1) if match else ""
    for owner in dict.fromkeys(o for o in (stem, entity, "" if stem else table) if o and o not in ("中文", "英文")):
        found += [owner + "名称", owner + "名字", owner + "名", owner]
    if entity:
        found.append(SHORT_NAMES.get(entity, ""))
        if MEASURE_WORDS.get(entity) in PERSON_MEASURES:
            found += ["姓名", "人名"]
    found += ["名称", "名字", "名"]
    if stem in ("中文", "英文"):
        found.append(stem + "名称")
    return found


def _counts(label: str) -> list[str]:
    match = _COUNT.match(label)
    if not match or label.endswith(_NUMBER_WORDS):
        return []
    stem, ending = match.groups()
    if len(stem) < 2:
        return []
    people = ending in ("人数", "总人数") or stem.endswith(PEOPLE_ENDS)
    endings = ["数量", "人数", "数", "总数", "个数"] if people else ["数量", "数", "个数", "总数", "数目"]
    return [stem + e for e in endings if e != ending] + [stem]


def _swapped(label: str) -> list[str]:
    found: list[str] = []
    for head, *others in HEADS:
        if label.endswith(head) and not (head == "名" and (len(label) == 2 or label.endswith("排名"))):
            found += [label[: -len(head)] + other for other in others]
            break
    for word, *others in WITHIN:
        if word in label and word + "馆" not in label:
            found += [label.replace(word, other) for other in others]
    return found


def _times(label: str) -> list[str]:
    found: list[str] = []
    for verb in VERBS:
        if label.startswith(verb) or label.endswith((verb + "时间", verb + "日期", verb + "年份")):
            found.append(verb)
            found += [verb + "时间", verb + "日期", verb + "年份"]
            break
    if label.endswith(("出生日期", "出生时间")):
        found.append("生日")
    return found


def _opened(label: str) -> list[str]:
    for opener in OPENERS:
        rest = label.removeprefix(opener)
        if rest != label and len(rest) >= 2:
            return [rest, "所在" + rest] if opener.startswith(("所", "位于")) else [rest]
    return []


def _without_owner(label: str, table: str, entity: str) -> str:
    for owner in (table, entity):
        if owner and label.startswith(owner):
            rest = label[len(owner) :].removeprefix("的")
            if len(rest) >= 2:
                return rest
    return ""
