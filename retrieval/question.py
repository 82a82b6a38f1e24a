"""A question as retrieval sees it: content words, what they may also be called, and character pairs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.lexical import Concept
from retrieval.segment import Segmenter, grams
from retrieval.stopwords import CATALOGUE, word_set
from retrieval.text import normalise
from retrieval.thesaurus import Thesaurus

_EXPANSION = 0.5  # how much an official word counts beside the word that was said
# What wraps a name when it is looked for: 有没有…的数据, 哪里能下载…名单
_WRAPPING = re.compile(
    r"^(?:请问|麻烦|请|帮我|我?想要?|我?要|我?需要|最近[一两三几]?[年月周天]?的?)*"
    r"(?:查找|查询|搜索|下载|看看|了解|知道|找|查|搜)?(?:一下|找|到)?"
    r"(?:有没有|有无|哪里能|哪里有|哪里可以|哪儿能|在哪能)?(?:查|找|看|下载)?(?:到|询)?"
    r"|(?:的?(?:数据集?|名单|名录|清单|信息|目录|资料|表格|情况|接口))?"
    r"(?:有吗|吗|呢|在哪里?|有没有|有哪些|怎么下载|哪里有|哪里能下载)?[？?。!！ ]*$"
)
# Signs of speech: a name of data has none of them.
_SPEECH = word_set(
    "， , ； ; ？ ? ！ ! 谁 哪 哪里 哪儿 哪些 哪个 哪家 哪种 哪位 什么 怎么 怎样 怎么样 如何 多少 多久 几 几个 吗 呢 吧 呀 啊 我 我们 你 你们 他 她 他们 人家 自己 咱们 想 要 能 会 能不能 会不会 可以 是 不是 是不是 被 把 让 去 来 到 往 给 了 过 着 得 地 不 没 没有 别 最 都 "
    "还 太 很 特别 到底 那些 这些 那个 这个 那 这 打算 今天 明天 周末 晚上 地方 就 才 再 也 又 好 里 时 时候 想要 要是 买 卖 住 吃 喝 玩 看 看看 听 找 办 做 弄 拿"
)
_SPOKEN_PAIR = re.compile(r"(.)[不没]\1")  # 赚不赚, 批没批


@dataclass(frozen=True)
class Question:
    """`concepts` are searched; `words` are what was said; `grams` are the character pairs."""

    text: str
    words: list[str]
    concepts: list[Concept]
    grams: list[str]
    phrases: list[str]  # its three-character stretches
    naming: dict[str, float]  # how much each word names the thing sought, 0..1
    places: frozenset[str] = frozenset()  # the words that are names of places
    nominal: bool = False  # a name, as a catalogue would write it, rather than a spoken question

    def gram_concepts(self) -> list[Concept]:
        return [Concept(((gram, 1.0),), grams=True) for gram in dict.fromkeys(self.grams)]


def read_question(text: str, segmenter: Segmenter, thesaurus: Thesaurus, *, catalogue: bool) -> Question:
    """Words that only describe the search (数据, 名单) weigh little when a dataset is sought."""
    text = normalise(text)
    words = segmenter.question(text)
    concepts = []
    said = set(words)
    widened: dict[str, list[str]] = {}
    for _, _, phrase in thesaurus.matches(text):
        widened.setdefault(phrase, thesaurus.expand(phrase))
    for word in words:
        others = [other for other in widened.pop(word, None) or thesaurus.expand(word) if other not in said]
        weight = 0.25 if catalogue and word in CATALOGUE else 1.0
        concepts.append(Concept(((word, 1.0), *((other, _EXPANSION) for other in others)), weight))
    for others in widened.values():
        alternatives = tuple((other, _EXPANSION) for other in others if other not in said)
        if alternatives:
            concepts.append(Concept(alternatives))
    naming = {word: 0.1 if catalogue and word in CATALOGUE else segmenter.weight(word) for word in words}
    return Question(
        text=text,
        words=words,
        concepts=concepts,
        grams=grams(" ".join(words)),
        phrases=grams(text, 3),
        naming=naming,
        places=frozenset(word for word in words if segmenter.is_place(word)),
        nominal=_nominal(text, segmenter),
    )


def _nominal(text: str, segmenter: Segmenter) -> bool:
    name = _WRAPPING.sub("", text)
    return not _SPOKEN_PAIR.search(name) and _SPEECH.isdisjoint(segmenter.cut(name))
