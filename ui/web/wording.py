"""The words on screen for the codes in an outcome."""

from __future__ import annotations

LABELS = {"verified": "已核验", "rules": "规则生成", "model": "模型生成"}
LABEL_NOTES = {
    "verified": "这条查询由人工审核过。",
    "rules": "由内置规则把问题翻译成查询，未使用大模型。",
    "model": "由大模型翻译成查询，并通过了安全检查；请核对查询口径。",
}
STATUSES = {"complete": "", "partial": "部分回答", "no_information": "没有找到"}
REASONS = {
    "forbidden": "无权查看",
    "unsafe": "请求不安全",
    "out_of_scope": "不在服务范围",
    "too_costly": "查询过大",
}
ROUTES = {
    "data": "查数据",
    "find_dataset": "找数据",
    "policy": "问政策",
    "share_request": "共享申请",
    "about": "服务说明",
    "out_of_scope": "其他",
}
CITATION_KINDS = {"dataset": "数据目录", "query": "数据查询", "article": "政策条款", "document": "政策文件"}
SHARING = {"unconditional": "无条件共享", "conditional": "有条件共享", "not_shared": "不予共享"}
OPENING = {"open": "无条件开放", "conditional": "有条件开放", "closed": "不予开放"}
STEPS = {
    "understand": "理解问题",
    "route": "判断类型",
    "retrieve": "检索依据",
    "plan": "生成查询计划",
    "check": "安全检查",
    "run": "执行查询",
    "compose": "整理答案",
    "store": "保存记录",
    "total": "合计",
}
ROLES = {
    "citizen": "公众",
    "official": "部门人员",
    "steward": "数据管理员",
    "evaluator": "评测人员",
    "admin": "系统管理员",
}
REQUEST_FIELDS = {
    "department": "申请部门",
    "applicant": "申请部门",
    "provider": "提供部门",
    "dataset": "数据名称",
    "dataset_id": "目录编号",
    "dataset_title": "数据名称",
    "items": "数据项",
    "sharing": "共享属性",
    "purpose": "使用用途",
    "scenario": "应用场景",
    "basis": "使用依据",
    "legal_basis": "使用依据",
    "frequency": "更新频率",
    "method": "共享方式",
    "period": "使用期限",
    "scope": "使用范围",
    "security": "安全保障措施",
    "security_measures": "安全保障措施",
    "contact": "联系人",
    "phone": "联系电话",
}

# What a follow-up is told by, and what is asked to take it back.
FOLLOWED = "按上一个问题理解为"
UNDO = "回到上一步"
