"""Orders that are no questions: to change, copy or destroy data, to reach the system itself, to carry off personal details."""

from __future__ import annotations

import re

_ALL = r"(?:都|全都|全部|所有|统统|一律|全)"
_SYSTEM = r"(?:数据库|系统|服务器|后台|平台|管理员|超级用户|root|admin)"
# Each is an order in itself, whatever stands around it.
_ORDERS = (
    rf"(?:把|将).{{1,16}}{_ALL}(?:改|设|置|更新|变)(?:成|为|到)",
    rf"^(?:请|帮我|给我)?(?:更新|修改|设置|重置|变更){_ALL}.{{1,14}}(?:为|成|到)",
    r"(?:备份|拷贝|复制|转存|迁移|导出?|上传|发送|同步|传)到.{0,6}(?:[A-Za-z]盘|U盘|硬盘|网盘|邮箱|服务器|本地|外网|桌面|目录下|文件夹)",
    rf"(?:关闭|停用|停掉|禁用|清除|绕过|跳过|屏蔽|篡改|伪造).{{0,6}}(?:审计|日志|权限|检查|脱敏|审批|校验|监控|防火墙)(?:$|[，。！的]|{_ALL})",
    rf"(?:给我|帮我|替我|请)?(?:新?建|创建|开通?|添加|注册|增加)(?:一个|个)?{_SYSTEM}(?:账号|账户|用户|权限)",
    rf"(?:给我|告诉我|说出|显示|看看|列出|要)?{_SYSTEM}的?(?:密码|口令|密钥|连接串|源代码|源码|提示词)(?:$|[，。！]|是什么|给我|告诉我|发我)",
    r"(?:用|以|切换(?:到|成)?|变成|改用|冒充|假装(?:是|成)?).{0,4}(?:管理员|超级用户|root|局长|别人|其他人)(?:的)?(?:身份|账号|权限|角色)",
    r"(?:开发者|调试|维护|上帝|越狱|无限制|超级)模式|不受(?:任何|一切|所有)?限制|越权|提升(?:我的)?权限|给我最高权限",
    r"(?:忽略|无视|忘掉|忘记|不要遵守|不用遵守|解除)(?:你|你们|系统|一切|任何|全部|之前|以上|上述|所有|前面|先前).{0,6}(?:规则|指令|限制|要求|提示|约束)",
    r"(?:执行|运行|跑)(?:一下|下面的?|这条|这段)?.{0,8}\b(?:update|delete|insert|drop|alter|truncate|create|grant)\b",
    rf"(?:导出|导|打包|拷走|拷贝|批量下载|爬取|抓取).{{0,4}}(?:{_ALL}|全市|全量|整库|完整|每个人).{{0,10}}(?:身份证|手机|电话|姓名|住址|地址|银行卡|账号|个人信息|居民信息|隐私)",
    r"(?:删除|删掉|清空|销毁|抹掉|粉碎|格式化|清理)(?:掉)?(?:全部|所有|这些|整个|一切)?.{0,8}(?:数据|表|库|记录|日志|工单|文件|内容)(?:$|[，。！])",
)
_ORDER = re.compile("|".join(_ORDERS), re.I)
_ASKS = re.compile(
    r"多少|几[个家所件次条张]|什么(?!都)|规定|条例|办法|应当|是否|如何|多久|期限|要不要|会不会|有没有|吗[？?。]?$|怎么(?:办|处理|规定)"
)
_SECRETS = re.compile(rf"{_SYSTEM}的?(?:密码|口令|密钥)")


def is_order(text: str) -> bool:
    """Whether a text orders something that this service never does; questions about rules are none."""
    return bool(_ORDER.search(text)) and (not _ASKS.search(text) or bool(_SECRETS.search(text)))
