"""What no words can change: class, level, condition and provider come from the catalogue, department and officer from the
sign-in, and decisions from people. Pure."""

from __future__ import annotations

import re

from assistant.requesting.said import Fixed

_SET = r"(?:改|换|变|设|调|标|写|填|算|当)(?:成|为|作|到|上|一下|下)?"
_CLASSES = r"(?:无条件|有条件)共享|不予共享"
_PATTERNS: tuple[tuple[Fixed, re.Pattern[str]], ...] = (
    ("sharing", re.compile(rf"(?:{_CLASSES})(?:的(?:数据)?$|来?办|处理|走|就行|吧)|(?:按|算|属于|就是|是|{_SET})(?:{_CLASSES})|共享(?:属性|类型|类别).{{0,6}}{_SET}")),
    ("level", re.compile(rf"(?:数据)?(?:级别|分级|密级|安全等级).{{0,8}}{_SET}|{_SET}(?:一般|重要|核心)数据")),
    ("condition", re.compile(rf"(?:共享|使用)?条件.{{0,6}}(?:{_SET}|去掉|取消|删)|(?:去掉|取消|删掉?|不要)(?:共享|使用)?条件")),
    ("provider", re.compile(rf"(?:提供|数源)(?:部门|单位|方).{{0,6}}{_SET}")),
    ("department", re.compile(rf"(?:申请|使用|需求)(?:部门|单位|方).{{0,6}}(?:{_SET}|是)|(?:以|冒用?)[^，。]{{2,16}}的?(?:名义|身份)(?![核证信认])|(?:替|代|帮)[^，。我]{{1,10}}(?:局|委|中心|支队|办公室|部门|厅)(?:的[^，。]{{1,6}})?(?:申请|提|报|办)")),
    ("officer", re.compile(rf"(?:经办人|填报人).{{0,6}}(?:{_SET}|是|用|[:：])|经办人[^，。]{{1,12}}$")),
    ("decision", re.compile(r"(?:审批|审核|直接|自动|马上|立即)[^，。]{0,4}(?:通过|同意|批准|批了?|提交|授权)|(?:不用|免|跳过|无需|不必)(?:审核|审批|批)|状态.{0,6}(?:改|设|标|换)|(?:改|设|标)[成为](?:已?同意|已?批准|已?通过|已?提供)|替我(?:提交|审批|批准)|(?:批准|同意|通过)(?:掉|它|这[份个]|申请|吧)")),
)  # fmt: skip


def fixed_in(clause: str) -> tuple[Fixed, ...]:
    """What a clause would change of what is not the person's to change."""
    return tuple(name for name, pattern in _PATTERNS if pattern.search(clause))
