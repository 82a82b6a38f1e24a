"""Whether words name a department: 公安, 住建局, 卫健委 for the names on its seal. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

_PLACE = re.compile(
    r"^(?:国家税务总局)?[\u4e00-\u9fff]{2,6}?(?:省|市|自治区|自治州|地区|盟|区|县)(?=[\u4e00-\u9fff]{2,})"
)
_KIND = re.compile(r"(?:管理局|管理中心|管理委员会|委员会|总局|局|厅|办公室|中心|支队|委|部|院)$")
_TOO_COMMON = frozenset({"数据", "人民", "管理", "服务", "中心", "信息", "体育", "统计"})


@lru_cache(maxsize=4096)
def core_name(department: str) -> str:
    """What the department is about: 云澜市住房和城乡建设局 → 住房和城乡建设."""
    name = _PLACE.sub("", department.strip())
    return _KIND.sub("", name) or name


@lru_cache(maxsize=4096)
def short_names(department: str) -> tuple[str, ...]:
    """Two characters that people make of it, and its beginning: 住建, 住房; 卫健, 卫生; 人社."""
    core = core_name(department)
    letters = [c for c in core if c not in "和与及"]
    pairs = {letters[0] + c for c in letters[1:]} if len(letters) > 1 else set()
    return tuple(sorted({p for p in pairs if p not in _TOO_COMMON} | {core}))


def names_provider(words: str, department: str) -> bool:
    """Whether `words` name `department`, by its core or a common short form."""
    if not department:
        return False
    core = core_name(department)
    if core and core in words and core not in _TOO_COMMON:
        return True
    if core in words:  # 统计局 and not 统计表
        return bool(re.search(rf"{core}(?:局|部门|厅|中心)", words))
    return any(short in words for short in short_names(department) if short != core)
