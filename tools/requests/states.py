"""The states of a share request, and the acts that move it, by their names in code and on screen."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """状态 of a share request."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SUPPLEMENT = "supplement"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    DISPUTED = "disputed"
    DELIVERED = "delivered"
    IN_USE = "in_use"
    CORRECTING = "correcting"
    SUSPENDED = "suspended"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _STATES[self]


_STATES = {
    State.DRAFT: "草稿",
    State.SUBMITTED: "待答复",
    State.SUPPLEMENT: "补正中",
    State.ACCEPTED: "已同意",
    State.REFUSED: "已拒绝",
    State.DISPUTED: "争议处理中",
    State.DELIVERED: "已提供",
    State.IN_USE: "使用中",
    State.CORRECTING: "校核中",
    State.SUSPENDED: "已暂停",
    State.ENDED: "已终止",
    State.WITHDRAWN: "已撤回",
}

CLOSED = frozenset({State.REFUSED, State.ENDED, State.WITHDRAWN})


class Action(StrEnum):
    """An act of a person on a share request."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    ASK_SUPPLEMENT = "ask_supplement"
    SUPPLY = "supply"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    DECLINE_EXTENSION = "decline_extension"
    ACCEPT = "accept"
    REFUSE = "refuse"
    DISPUTE = "dispute"
    REOPEN = "reopen"
    UPHOLD = "uphold"
    DELIVER = "deliver"
    START_USE = "start_use"
    ASK_CORRECTION = "ask_correction"
    CORRECT = "correct"
    SUSPEND = "suspend"
    RESUME = "resume"
    END = "end"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> str:
        return _ACTIONS[self]


_ACTIONS = {
    Action.CREATE: "建立草稿",
    Action.EDIT: "修改内容",
    Action.SUBMIT: "提交申请",
    Action.ASK_SUPPLEMENT: "一次性告知补正",
    Action.SUPPLY: "补正后重新报送",
    Action.ASK_EXTENSION: "提出延期",
    Action.GRANT_EXTENSION: "同意延期",
    Action.DECLINE_EXTENSION: "不同意延期",
    Action.ACCEPT: "同意共享",
    Action.REFUSE: "不同意共享",
    Action.DISPUTE: "提出争议",
    Action.REOPEN: "退回重新审核",
    Action.UPHOLD: "维持原答复",
    Action.DELIVER: "提供数据",
    Action.START_USE: "确认可用并开始使用",
    Action.ASK_CORRECTION: "提出校核申请",
    Action.CORRECT: "反馈校核结果",
    Action.SUSPEND: "暂停使用",
    Action.RESUME: "恢复使用",
    Action.END: "终止并处置",
    Action.WITHDRAW: "撤回申请",
}
