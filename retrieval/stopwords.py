"""Words that carry no content: grammar everywhere, and the wrapping of a question.

A question's wrapping (请问, 哪里能查, 有没有) says that something is sought, not what; a title or an article may still use
such a word, so it is dropped from questions only.
"""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of `text`, which blanks separate."""
    return frozenset(text.split())


GRAMMAR = word_set(
    "的 了 和 与 及 或 是 在 之 其 为 于 以 等 个 把 被 对 从 向 到 也 都 就 而 且 并 由 将 因 所 该 此 着 过 地 得 吗 呢 吧 啊 呀 么 嘛 哦 哪 啥 这 那 "
    "我 你 他 她 它 们 我们 你们 他们 咱们 咱 您 不 没 很 还 又 再 才 只 更 最 太 给 让 跟 同 比 按 用 能 会 要 想 有 去 来 上 下 里 中 "
    "the a an of to in on for and or is are"
)

QUESTION = word_set(
    "什么 哪些 哪里 哪儿 哪个 哪家 哪种 谁 怎么 怎样 怎么办 怎么样 如何 为什么 为何 多少 几 几个 是否 能否 可否 能不能 可不可以 可以 是不是 有没有 有无 请问 请 "
    "帮 帮忙 帮我 麻烦 想要 想知道 知道 告诉 想问 问 问问 问一下 查 查询 查查 查找 查一下 找 找到 找找 找一下 寻找 搜 搜索 看看 看 了解 需要 希望 打算 想查 想找 想看 "
    "一下 一份 一些 一个 有关 关于 相关 方面 情况 具体 目前 现在 应该 应当 算 叫 做 弄 拿 存在 所有 全部 各 每个 有哪些 存不存在 吗 么 呢 啦 哈 呗 "
    "最多 最少 最高 最低 最大 最小 最好 最新 哪位 哪一 哪年 何时 何种 何 若干 些 点 儿 事 事情 东西 问题 时候 然后 但是 但 而且 如果 要是 因为 所以 比如 例如"
)

# Words that nearly every catalogue entry could carry: they describe the search, not the thing sought.
CATALOGUE = word_set(
    "数据 信息 资料 数据集 目录 资源 表 表格 名单 清单 一览 一览表 列表 统计 公开 开放 下载 接口 文件 数据表 台账 明细"
)
