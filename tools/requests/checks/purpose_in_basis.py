"""第二十条、第二十五条: the purpose is no wider than what the basis and the catalogue's condition speak of."""

from __future__ import annotations

import re
from functools import lru_cache

from retrieval.segment import Segmenter
from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.checks.legal_basis import look_up
from tools.requests.model import ShareRequest, is_blank

_WIDE = re.compile(
    r"(?:各类|所有|全部|任何|一切|其他|其它|不限)(?:业务|工作|用途|目的|场景|事项)|用途不限|不限用途|长期备用|备查备用|以备(?:后用|不时之需)"
)
_OTHERS = "公司|企业|第三方|机构|外单位"
_AWAY = re.compile(
    rf"(?:提供|共享|分享|开放)给[^，。；]{{0,6}}(?:{_OTHERS}|个人使用)|(?:转交|转给|转让|出售|倒卖)给?[^，。；]{{0,6}}(?:{_OTHERS})"
    rf"|[向与](?:合作)?(?:{_OTHERS})(?:提供|共享|转让|出售|开放)[^，。；]{{0,4}}数据|商业(?:用途|利用|开发)|营销|牟利|变现"
)
_COMMON = frozenset(
    [
        "数据",
        "信息",
        "工作",
        "使用",
        "开展",
        "进行",
        "需要",
        "有关",
        "相关",
        "管理",
        "服务",
        "部门",
        "单位",
        "申请",
        "共享",
        "本市",
        "我市",
        "我局",
        "用于",
    ]
)


def purpose_in_basis(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "使用目的不超出使用依据和共享条件", f"{ACT} 第二十条第二款、第二十五条"
    said = "。".join(filter(None, [request.purpose, request.scenario, request.use_scope]))
    for pattern, why in (
        (_AWAY, "条例不允许擅自提供给第三方或者改作他用"),
        (_WIDE, "用途须具体，不能笼统"),
    ):
        found = pattern.search(said)
        if found and not _denied(said, found.start()):
            note = f"写了“{found[0]}”：{why}，请改成要办理的具体事项"
            return CheckResult("purpose_in_basis", rule, article, False, note, fields=("purpose", "scenario"))
    if is_blank(request.purpose) or not request.basis:
        return CheckResult("purpose_in_basis", rule, article, True, "使用目的或者使用依据还没有写，写好后再比对", False)
    grounds = [request.dataset.condition]
    for basis in request.basis:
        grounds += [basis.quote, basis.duty, look_up(basis, context)[2]]
    ground = "".join(grounds)
    words = [w for w in dict.fromkeys(_segmenter().words(request.purpose)) if len(w) > 1 and w not in _COMMON]
    if words and not any(word in ground for word in words):
        shown = "、".join(f"“{w}”" for w in words[:4])
        note = f"使用目的里的{shown}在所引依据和共享条件里都没有出现，请核对依据是否对得上，或者补充依据"
        return CheckResult("purpose_in_basis", rule, article, False, note, False, ("purpose", "basis"))
    return CheckResult("purpose_in_basis", rule, article, True)


def _denied(text: str, at: int) -> bool:
    """「不得提供给第三方」 is a promise, not a purpose."""
    return bool(
        re.search(r"(?:不得?|不会|严禁|禁止|未经[^，。；]{0,10}不?|不再|绝不|不予|不向)[^，。；]{0,6}$", text[:at])
    )


@lru_cache(maxsize=1)
def _segmenter() -> Segmenter:
    return Segmenter()
