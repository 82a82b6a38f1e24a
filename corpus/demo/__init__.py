"""The demo city 云澜市: invented from a seed, the same content every time."""

from corpus.demo.build import DEFAULT_SEED, build_demo

__all__ = ["DEFAULT_SEED", "build_demo"]
