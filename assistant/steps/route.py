"""Step 3: what kind of question it is. Cues in the wording first, then what retrieval and the planner can do with it."""

from __future__ import annotations

import re

from assistant.outcome import Outcome, Route
from assistant.planning.embedded import Planning
from assistant.services import Services
from assistant.turn import Turn

_ABOUT = re.compile(
    r"你(?:们)?(?:这里|这儿|系统)?(?:都)?(?:有|能查|可以查|能看|收录|掌握)(?:了)?(?:哪些|什么|多少)(?:种|类)?(?:数据|内容|资料|信息|目录)|(?:这里|系统|平台|本系统|本平台)(?:都|里)?(?:有|能查|可以查|收录)(?:了)?(?:哪些|什么)(?:数据|内容|资料|信息)"
    r"|^(?:有|都有)(?:哪些|什么)数据(?:可以?[查看用])?[？?]?$|你(?:是谁|会什么|能做什么|能干什么|可以做什么|能帮我做什么|有什么功能|叫什么)|(?:怎么|如何)(?:使用|提问|用你|问你|跟你)|使用(?:说明|帮助)|^(?:帮助|help|你好|您好|hi|hello)[!！。?？]*$"
)
_REQUEST = re.compile(
    r"(?:我|我们|我局|我单位|帮我|替我|请|想|要|需要|打算|准备)[^，。？]{0,12}(?:申请|起草|拟|写|提交|发起|办理)[^。？]{0,24}(?:共享|数据|库|目录|资源|使用|信息|资料)|(?:起草|生成|草拟|写一份|填一份|拟一份)[^。]{0,20}(?:共享申请|申请)|申请(?:共享|使用|获取)[^，。？]{1,30}(?:数据|信息|目录|资源|库)(?!.*(?:应当|多久|几个工作日|期限|规定|条件|哪些内容|什么内容|材料|流程))|(?:我们?局|我单位|我委|我中心)(?:要|需要|想)(?:用|使用|调用|获取)"
)
_RULES = re.compile(
    r"规定|条例|办法|细则|法律|法规|条款|第[一二三四五六七八九十百\d]+条|应当|应该|必须|是否可以|可不可以|能不能|能否|可否|可以[^，。]{0,16}吗|能[^，。]{0,12}吗|允许|禁止|不得|义务|权利|要不要|违法|合法|合规|算不算|由谁|谁来|谁负责"
    r"|多久(?:内|之内)?(?:要|能|可以|应)?(?:答复|回复|办结|提供|共享|更新|处理|给|完成)|什么是|是什么意思|(?:怎么|如何|怎样)(?:办|定义|认定|分级|分类|处理|申请|划分|评定|处罚|追究|开放|共享)|什么条件|哪些条件|什么情况|哪些情形|说明哪些|哪些内容|期限|时限(?!.{0,4}(?:内|平均))"
)
_RULE_NOUNS = re.compile(
    r"政策|依据|责任|处罚|罚款|流程|程序|原则|标准|几个工作日|多少个?工作日|工作日|定级|星级|属于什么"
)
_FIND = re.compile(
    r"(?:找|搜|查找|搜索|检索|寻找)(?:一下|一找|找看?|到)?.{0,30}(?:数据|资料|数据集|目录|信息|表格|名单|清单|名录)|(?:哪里|哪儿|在哪|从哪|上哪|去哪)(?:里|儿)?(?:能|可以|有|查|找|下载|看|获取|公布).{0,20}|有没有.{0,24}(?:数据集|数据|资料|信息|名单|名录)|^有.{2,24}(?:的)?(?:数据|资料|信息|名单|名录|目录)(?:吗|么)|有没有.{0,24}(?:数据|数据集|资料|信息|目录|名单|名录|清单|台账)|(?:数据集|数据目录|数据资源).{0,4}(?:有哪些|在哪|下载)|(?:下载|获取|接口).{0,16}(?:数据|目录|API)|(?:相关|有关)的?(?:数据集|数据|目录)(?:有哪些|吗)?|(?:想要|需要|想找|求|想看|要).{0,24}(?:的)?(?:数据集|数据|名单|名录|目录|资料)$|哪个(?:部门|单位|局).{0,10}(?:提供|掌握|发布|有).{0,16}数据|(?:数据|数据集|名录|名单|目录)(?:有吗|有没有|在哪里?|怎么下载)"
)
_QUANTITY = re.compile(
    r"多少|几|数量|总数|平均|最[多少高低大小长短早晚新]|排名|排行|前[一二三四五六七八九十\d]|占比|比例|同比|环比|增长|趋势|各|每|合计|总和|总共|一共|中位|超过|大于|小于|低于|高于|以上|以下|不足|至少|率"
)
_STATISTIC = re.compile(
    r"平均|最[多少高低大小长短早晚]|总共|一共|合计|总[额量数和]|占比|排名|排行|前[一二三四五六七八九十\d]|同比|环比|趋势|各|每个|多少[个家所件起人次]"
)


def route(turn: Turn, services: Services) -> Outcome | None:
    """Set the route. Nothing is refused here: a question for no route is `out_of_scope` and answered as such."""
    turn.scoped = services.planner_for(turn.principal)
    turn.planning = turn.scoped.planner.plan(turn.text)
    turn.route = choose(turn, turn.planning)
    turn.detail = {
        "data": "查数据",
        "find_dataset": "找数据集",
        "policy": "问政策",
        "share_request": "共享申请",
        "about": "关于本系统",
        "out_of_scope": "超出范围",
    }[turn.route]
    return None


def choose(turn: Turn, planning: Planning) -> Route:
    """The route of a question, from its wording and from what was found for it."""
    text = turn.text
    if _ABOUT.search(text):
        return "about"
    if _REQUEST.search(text):
        return "share_request"
    strength = plan_strength(planning)
    policy = turn.articles.confidence if turn.articles and turn.articles.hits else 0.0
    datasets = turn.datasets.confidence if turn.datasets and turn.datasets.hits else 0.0
    quantity, statistic = bool(_QUANTITY.search(text)), bool(_STATISTIC.search(text))
    finds, rules, nouns = bool(_FIND.search(text)), bool(_RULES.search(text)), bool(_RULE_NOUNS.search(text))
    asks_where = bool(re.match(r".{0,6}(?:找|搜|哪里|哪儿|在哪)", text))
    if finds and not (quantity and strength >= (0.7 if statistic else 0.8) and not asks_where):
        return "find_dataset"
    if rules and (policy >= 0.35 or strength < 0.75) and not (statistic and strength >= 0.9 and not _legal(text)):
        return "policy"
    if nouns and policy >= 0.5 and not (statistic and strength >= 0.6):
        return "policy"
    if policy >= 0.8 and strength < 0.8 and not statistic and policy >= datasets:
        return "policy"
    if strength >= 0.6 and (quantity or strength >= 0.85):
        return "data"
    if datasets >= 0.5 and not quantity and datasets >= policy:
        return "find_dataset"
    if policy >= (0.5 if nouns else 0.75) and policy > datasets:
        return "policy"
    if strength >= 0.45 and (quantity or datasets < 0.5):
        return "data"
    if datasets >= 0.5:
        return "data" if quantity and strength > 0 else "find_dataset"
    return "policy" if policy >= 0.75 else "out_of_scope"


def _legal(text: str) -> bool:
    return bool(
        re.search(r"应当|规定|条例|办法|第[一二三四五六七八九十百\d]+条|多久|能否|是否可以|可以.{0,12}吗", text)
    )


def asks_for_figures(text: str) -> bool:
    """Whether the wording asks for figures, and neither for a dataset nor for a rule."""
    return bool(_QUANTITY.search(text)) and not _FIND.search(text) and not _RULES.search(text)


def plan_strength(planning: Planning) -> float:
    """How much of the question's content the best plan explains, 0..1; 0 without a plan."""
    if not planning.candidates:
        return 0.0
    best = planning.candidates[0].reading
    known = sum(len(m.text) for m in planning.mentions if (m.candidates or m.time) and m.kind not in ("filler", "of"))
    lost = sum(len(w) for w in best.unused)
    if known == 0:
        return 0.0
    return max(0.0, min(1.0, (known - 0.3 * lost) / (known + lost))) if known >= 2 else 0.3
