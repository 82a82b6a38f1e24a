"""Where the city lies: districts and streets. Fixed; the seed decides what happens there, not what it is called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class District:
    code: str
    name: str
    kind: str  # 市辖区, 县
    area: float  # km²
    population: float  # persons at the end of 2019
    growth: float  # a year
    wealth: float  # income and prices, the city's mean is 1
    industry: float  # weight of industry, the city's mean is 1
    longitude: float
    latitude: float
    streets: tuple[str, ...]


def _district(number: int, name: str, kind: str, figures: str, streets: str) -> District:
    area, population, growth, wealth, industry, longitude, latitude = (float(f) for f in figures.split())
    return District(
        f"9901{number:02d}", name, kind, area, population * 10_000, growth, wealth, industry, longitude, latitude,
        tuple(streets.split()),
    )  # fmt: skip


# figures: area, population in 万, growth, wealth, industry, longitude, latitude. The map is invented.
DISTRICTS: tuple[District, ...] = (
    _district(
        1, "云湖区", "市辖区", "96.4 104.2 0.006 1.46 0.35 118.62 30.41",
        "湖滨街道 文昌街道 鼓楼街道 听雨街道 柳浪街道 望湖街道 书院街道 西门街道 采荷街道 永宁街道 清波街道 梅园街道",
    ),
    _district(
        2, "澜江区", "市辖区", "128.7 92.6 0.009 1.28 0.55 118.67 30.39",
        "江畔街道 滨江街道 白塔街道 南码头街道 长堤街道 澄江街道 渡口街道 天桥街道 金沙街道 临江街道 和义街道",
    ),
    _district(
        3, "望潮区", "市辖区", "214.3 78.9 0.021 1.12 0.95 118.74 30.36",
        "潮音街道 望海街道 听涛街道 下沙街道 东滩街道 银沙街道 海塘街道 星桥街道 新塘街道 观澜街道",
    ),
    _district(
        4, "青屏区", "市辖区", "387.5 66.3 0.012 0.98 0.85 118.55 30.47",
        "青屏山街道 松林街道 翠微街道 云栖街道 石径街道 茶园街道 竹径镇 梧桐镇 青溪镇 双泉镇",
    ),
    _district(
        5, "锦川区", "市辖区", "442.8 71.5 0.015 0.94 1.30 118.58 30.33",
        "锦绣街道 织造街道 染坊街道 川东街道 高桥街道 丝巷街道 锦溪镇 桑园镇 大成镇 合川镇 南坝镇",
    ),
    _district(
        6, "新港区", "市辖区", "316.2 58.4 0.034 1.20 2.10 118.83 30.34",
        "港城街道 航海街道 保税街道 临港街道 科学城街道 蓝湾街道 创新街道 东港镇 盐田镇",
    ),
    _district(
        7, "东岭区", "市辖区", "598.1 52.7 0.004 0.82 1.15 118.78 30.50",
        "东岭街道 矿山街道 钢城街道 铁山街道 岭南街道 红石镇 岭背镇 黄坑镇 大坪镇",
    ),
    _district(
        8, "安澜县", "县", "1426.9 63.1 -0.003 0.71 0.75 118.46 30.22",
        "安澜街道 城关镇 平湖镇 西河镇 马渡镇 大堰镇 长洲镇 稻香镇 白鹭镇 龙泉镇 古渡乡 荷塘乡",
    ),
    _district(
        9, "松岚县", "县", "1873.6 41.8 -0.006 0.64 0.60 118.90 30.58",
        "松岚街道 岚山镇 北坞镇 石门镇 雾溪镇 云岩镇 天池镇 上坪镇 杉木乡 高岭乡 竹源乡",
    ),
)  # fmt: skip


class _Geography:
    """The districts as arrays, in their order."""

    @cached_property
    def names(self) -> np.ndarray:
        return np.array([d.name for d in DISTRICTS], dtype=object)

    @cached_property
    def codes(self) -> np.ndarray:
        return np.array([d.code for d in DISTRICTS], dtype=object)

    @cached_property
    def regions(self) -> np.ndarray:
        """Codes as integers."""
        return np.array([int(d.code) for d in DISTRICTS])

    @cached_property
    def weights(self) -> np.ndarray:
        """Share of the city's population."""
        people = np.array([d.population for d in DISTRICTS])
        result: np.ndarray = people / people.sum()
        return result

    @cached_property
    def growth(self) -> np.ndarray:
        return np.array([d.growth for d in DISTRICTS])

    @cached_property
    def wealth(self) -> np.ndarray:
        return np.array([d.wealth for d in DISTRICTS])

    @cached_property
    def industry(self) -> np.ndarray:
        return np.array([d.industry for d in DISTRICTS])

    @cached_property
    def economy(self) -> np.ndarray:
        """Share of the city's economy."""
        size = self.weights * self.wealth**1.4 * (0.6 + 0.4 * self.industry)
        result: np.ndarray = size / size.sum()
        return result

    @cached_property
    def rural(self) -> np.ndarray:
        """0..1: how rural a district is."""
        return np.array([0.02, 0.03, 0.12, 0.35, 0.42, 0.25, 0.5, 0.85, 0.95])

    @cached_property
    def streets(self) -> np.ndarray:
        return np.array([s for d in DISTRICTS for s in d.streets], dtype=object)

    @cached_property
    def street_district(self) -> np.ndarray:
        """The district's index of every street."""
        return np.repeat(np.arange(len(DISTRICTS)), [len(d.streets) for d in DISTRICTS])

    def some_streets(self, rng: np.random.Generator, district: np.ndarray) -> np.ndarray:
        """A random street's index within each given district."""
        sizes = np.array([len(d.streets) for d in DISTRICTS])
        first = np.r_[0, np.cumsum(sizes)[:-1]]
        result: np.ndarray = first[district] + (rng.random(len(district)) * sizes[district]).astype(int)
        return result

    def points(self, rng: np.random.Generator, district: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude near each district's centre, in degrees."""
        spread = np.sqrt(np.array([d.area for d in DISTRICTS])) / 111 / 2.6
        longitude = (
            np.array([d.longitude for d in DISTRICTS])[district] + rng.normal(0, 1, len(district)) * spread[district]
        )
        latitude = (
            np.array([d.latitude for d in DISTRICTS])[district] + rng.normal(0, 1, len(district)) * spread[district]
        )
        return np.round(longitude, 6), np.round(latitude, 6)


GEOGRAPHY = _Geography()
