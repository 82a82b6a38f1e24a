"""数据安全法 第二十一条: core data does not travel this way; important data asks for measures of its own."""

from corpus.catalog import SecurityLevel
from tools.requests.check import CheckContext, CheckResult
from tools.requests.model import ShareRequest, is_blank


def security_level(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "安全措施与数据级别相当", "数据安全法 第二十一条"
    level = request.dataset.level
    if level == SecurityLevel.CORE.label:
        note = "核心数据实行更加严格的管理制度，不通过本系统申请，请与提供部门和主管部门联系"
        return CheckResult("security_level", rule, article, False, note, fields=("dataset",))
    if level == SecurityLevel.IMPORTANT.label and is_blank(request.security):
        return CheckResult("security_level", rule, article, False, "重要数据须写明安全保护措施", fields=("security",))
    note = "这是重要数据，提供部门会对照级别审核安全保护措施" if level == SecurityLevel.IMPORTANT.label else ""
    return CheckResult("security_level", rule, article, True, note)
