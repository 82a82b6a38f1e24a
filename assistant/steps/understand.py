"""Step 1: a readable, self-contained question; or one sentence that says what is wrong with it."""

from __future__ import annotations

import re
import unicodedata

from assistant.follow_up import self_contained
from assistant.outcome import Clarify, Option, Outcome, Refuse
from assistant.requesting.flow import is_of_request
from assistant.search_conditions import taken_off
from assistant.services import Services
from assistant.steps.orders import is_order
from assistant.turn import Turn
from retrieval.text import simplify

MAX_QUESTION = 1000  # what follows costs by the square of the length
_HIDDEN = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_SQL = re.compile(
    r"^(?:/\*.*?\*/|--[^\n]*\n|[\s(;])*(?:with\b.+?\bselect|select|insert|update|delete|drop|create|alter|truncate|copy|attach|pragma|install)\b",
    re.I | re.S,
)
_SQL_WORD = re.compile(r"^(?:load|set|call|from|show|describe|explain|values)\b[^\u4e00-\u9fff]*$", re.I)
_CHANGE = r"(?:删除|删掉|清空|清理|清除|修改|篡改|写入|插入|导出到|拷贝到|复制到|审批通过|批准全部|关闭日志)"
_NOT_AN_ORDER = r"(?!率|时间|日期|频率|周期|情况|次数|数量|记录|的|了|过)"
# A write that is asked for: 「把…备份」「帮我清理…」「删除…表」; 「更新最慢的目录」 and 「绿化覆盖率」 only speak of one.
_WRITES = re.compile(
    rf"(?:帮我|替我|给我|请(?!问|查|列|找)|直接|立即|马上|顺便|然后|并且?|再)[^，。？；]{{0,20}}{_CHANGE}{_NOT_AN_ORDER}"
    rf"|(?:把|将)[^，。？；]{{0,20}}(?:{_CHANGE}|更新|覆盖|备份){_NOT_AN_ORDER}"
    rf"|^{_CHANGE}{_NOT_AN_ORDER}"
    rf"|{_CHANGE}(?:所有|全部|这些|这张|那张|掉)?[^，。？；的]{{0,6}}(?:表|数据库|日志|记录)(?:$|[，。！；])"
    r"|\b(?:drop|delete|truncate|update|insert|alter|copy)\b.+\b(?:table|from|into|to|set)\b|\bdrop\s+\w+",
    re.I,
)
_ASKS = re.compile(
    r"多少|几[个家所件次条张]|哪|最[多少高低大小快慢早晚新近长短]|什么|排名|趋势|比例|吗|规定|条例|办法|应当|可以|能不能|是否|怎么|如何|多久|期限|(?:我|想|要|来)[^，。]{0,6}申请"
)
_OVERRIDE = re.compile(
    r"忽略(?:之前|以上|上述|所有|前面|先前).{0,8}(?:规则|指令|限制|要求|提示)|无视.{0,6}(?:规则|指令|限制)|ignore (?:all |the |any )*(?:previous|above|prior)"
    r"|进入维护模式|maintenance mode|role\s*=\s*admin|row_policy|\[/?system\]|<\\?\|im_(?:start|end)|</?(?:user-question|rules)>",
    re.I,
)
_EXAMPLES = ["去年各区的学校数量？", "找一下空气质量的数据", "有条件共享的数据多久答复？"]


def understand(turn: Turn, services: Services) -> Outcome | None:
    """Normalise; refuse what is no question or asks for more than reading; resolve a follow-up."""
    text = simplify(unicodedata.normalize("NFKC", turn.question))
    lines = _HIDDEN.sub("", text).strip()
    text = re.sub(r"\s+", " ", lines)
    if not text:
        return _ask_again("问题是空的。请写下想查的内容，例如“去年各区的学校数量？”。")
    if len(text) > MAX_QUESTION:
        return _ask_again(f"问题太长（{len(text)}字），最多{MAX_QUESTION}字。请只写要查的内容，一次问一件事。")
    if not re.search(r"[\u4e00-\u9fffA-Za-z0-9]", text):
        return _ask_again("没有看到文字内容。请用中文写下想查的内容。")
    if _OVERRIDE.search(text):
        return Refuse(
            reason="unsafe",
            text="问题里含有要求改变系统规则或身份的内容，不予处理。能看哪些数据只由登录身份和目录规则决定。请直接写要查的内容。",
        )
    if _SQL.match(lines) or _SQL_WORD.match(text):
        return Refuse(
            reason="unsafe",
            text="这里不直接执行 SQL 语句。请用中文写下想查的内容，系统会生成并检查查询语句，再给出结果和语句原文。",
        )
    if is_of_request(turn, text, services):  # 「把接生机构删掉」 changes a draft and writes to no table
        turn.text, turn.detail = text, "接着填写共享申请" if turn.goes_on else "起草共享申请"
        return None
    if is_order(text) or (_WRITES.search(text) and not _ASKS.search(text)):
        return Refuse(
            reason="unsafe", text="本系统只能查询，不能删除、修改、备份或审批任何内容。要查数据请直接写要查的内容。"
        )
    if not re.search(r"[\u4e00-\u9fff]", text):
        if re.search(r"[A-Za-z]{3,}.*\s", text):
            return _ask_again("目前只支持中文提问。请用中文写下想查的内容。")
        if not re.search(r"[A-Za-z]{2}", text):  # 「GDP」 or 「PM2.5」 may name something; figures alone do not
            return _ask_again(f"没有看懂“{text[:30]}”。请用中文写一句完整的话。")
    search = taken_off(text, turn.history)
    if search is not None:
        turn.text, turn.taken_off = search
        turn.detail = f"完整问题：{turn.text}，{text}"
        return None
    found = self_contained(text, turn, services)
    if not isinstance(found, tuple):
        return found
    turn.text, note = found
    if note:
        turn.notes.append(note)
    turn.detail = f"完整问题：{turn.text}" if turn.text != text else "问题本身完整，没有沿用上文"
    return None


def _ask_again(text: str) -> Clarify:
    return Clarify(text=text, route="out_of_scope", options=[Option(label=e, value=e) for e in _EXAMPLES])
