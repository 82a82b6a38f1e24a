"""第三十七条: where personal information is asked for, its impact assessment is noted."""

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest, is_blank


def personal_information(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "涉及个人信息的，说明个人信息保护影响评估情况", f"{ACT} 第三十七条"
    personal = request.personal_items
    if not personal:
        return CheckResult("personal_information", rule, article, True, "申请的数据项没有标为个人敏感信息")
    names = "、".join(personal)
    if is_blank(request.personal_impact):
        note = f"申请了{names}，请写明个人信息保护影响评估的情况和结论"
        return CheckResult("personal_information", rule, article, False, note, fields=("personal_impact",))
    return CheckResult("personal_information", rule, article, True, f"涉及：{names}")
