"""第二十条: a period of use that has a beginning before its end, and an end that is still to come."""

from datetime import timedelta

from tools.requests.check import ACT, CheckContext, CheckResult
from tools.requests.model import ShareRequest

LONG_DAYS = 731  # two years: longer ones are asked about


def period(request: ShareRequest, context: CheckContext) -> CheckResult:
    rule, article = "使用时限明确、合理", f"{ACT} 第二十条第二款"
    starts, ends = request.starts, request.ends

    def failed(note: str, *fields: str, blocking: bool = True) -> CheckResult:
        return CheckResult("period", rule, article, False, note, blocking, fields)

    if starts is None or ends is None:
        lacking = tuple(name for name, day in (("starts", starts), ("ends", ends)) if day is None)
        return failed("没有写明使用起止日期", *lacking)
    if ends < starts:
        return failed(f"使用截止日（{ends}）早于起始日（{starts}）", "starts", "ends")
    if ends < context.today:
        return failed(f"使用截止日（{ends}）已经过去", "ends")
    if ends - starts > timedelta(days=LONG_DAYS):
        return failed("使用时限超过2年，请说明长期使用的理由，或者缩短后到期续期", "ends", blocking=False)
    return CheckResult("period", rule, article, True)
