"""The users of a demo workspace, one for each role. Nowhere else do they exist."""

from __future__ import annotations

from tools.principal import Principal

DEMO_USERS: dict[str, Principal] = {
    "citizen": Principal(id="citizen", role="citizen", name="市民"),
    "official": Principal(id="official", role="official", name="市教育局工作人员", department="云澜市教育局"),
    "steward": Principal(id="steward", role="steward", name="市数据局数据管理员", department="云澜市数据局"),
    "evaluator": Principal(id="evaluator", role="evaluator", name="评测员"),
    "admin": Principal(id="admin", role="admin", name="系统管理员"),
}
