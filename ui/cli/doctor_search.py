"""What `zhengwen doctor` says of the search: the vectors, the second reading and where the vectors lie, each tried out."""

from __future__ import annotations

from collections.abc import Callable

from assistant.settings import Settings
from retrieval.chroma import open_client
from retrieval.cross import configured_reranker
from retrieval.encoder import configured_encoder
from retrieval.errors import EncoderUnavailable, RerankerUnavailable

TRIED = "学校名录"


def search_state(settings: Settings) -> tuple[bool, str]:
    """Whether everything that is set works, and in words what is set or what to do."""
    parts = [_encoder(settings.encoder), _reranker(settings.reranker), _chroma(settings.chroma)]
    wrong = [text for ok, text in parts if not ok]
    return not wrong, "；".join(wrong) or "，".join(text for _, text in parts)


def _encoder(setting: str) -> tuple[bool, str]:
    if not setting:
        return True, "内置向量"

    def attempt() -> None:
        encoder = configured_encoder(setting)
        assert encoder is not None
        encoder.encode_query(TRIED)

    return _tried(attempt, f"向量模型 {setting} 可用")


def _reranker(setting: str) -> tuple[bool, str]:
    if not setting:
        return True, "没有重排模型（可用 ZHENGWEN_RERANKER 设置）"

    def attempt() -> None:
        reranker = configured_reranker(setting)
        assert reranker is not None
        reranker.score(TRIED, [TRIED])

    return _tried(attempt, f"重排模型 {setting} 可用")


def _tried(attempt: Callable[[], None], works: str) -> tuple[bool, str]:
    try:
        attempt()
    except (EncoderUnavailable, RerankerUnavailable) as error:
        return False, str(error).removesuffix("。")
    return True, works


def _chroma(setting: str) -> tuple[bool, str]:
    if not setting:
        return True, "向量存在工作区里"
    try:
        open_client(setting).heartbeat()
    except Exception as error:  # chromadb raises its own, httpx's and plain ValueError
        return (
            False,
            f"Chroma 服务 {setting} 连不上（{type(error).__name__}），检索改为逐条比较，会变慢。请检查服务和地址，或去掉 chroma 设置",
        )
    return True, f"Chroma 服务 {setting} 可用"
