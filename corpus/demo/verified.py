"""Questions whose SQL a steward of the demo city has reviewed."""

from __future__ import annotations

from corpus.semantics import VerifiedQuery

STEWARD = "云澜市数据局 程思远"
REVIEWED = "2026-06-18"


def _reviewed(question: str, sql: str) -> VerifiedQuery:
    return VerifiedQuery(question=question, sql=sql, verified_by=STEWARD, verified_at=REVIEWED)


VERIFIED: tuple[VerifiedQuery, ...] = (
    _reviewed(
        "各区义务教育学校有多少所？",
        "SELECT district AS 所属区, count(*) AS 学校数 FROM school WHERE education_level = '义务教育' "
        "GROUP BY district ORDER BY 学校数 DESC, district",
    ),
    _reviewed(
        "2025年各区县每所义务教育学校平均有多少在校生？",
        "SELECT s.district AS 所属区, round(sum(e.student_count) * 1.0 / count(DISTINCT e.school_id), 1) AS 校均在校生数 "
        "FROM school_enrolment e JOIN school s ON e.school_id = s.school_id "
        "WHERE e.year = 2025 AND s.education_level = '义务教育' GROUP BY s.district ORDER BY 校均在校生数 DESC, s.district",
    ),
    _reviewed(
        "2025年各区县每千名常住人口拥有多少张医疗床位？",
        "WITH beds AS (SELECT district_code, sum(bed_count) AS beds FROM hospital GROUP BY district_code), "
        "people AS (SELECT district_code, sum(resident_population) AS people FROM population WHERE year = 2025 GROUP BY district_code) "
        "SELECT d.district_name AS 区县名称, round(b.beds * 1000.0 / p.people, 2) AS 每千人床位数 FROM district d "
        "JOIN beds b ON b.district_code = d.district_code JOIN people p ON p.district_code = d.district_code "
        "ORDER BY 每千人床位数 DESC, d.district_name",
    ),
    _reviewed(
        "2025年各区县人均地区生产总值是多少万元？",
        "WITH output AS (SELECT district_code, sum(gdp) AS gdp FROM gdp_quarter WHERE year(quarter) = 2025 GROUP BY district_code), "
        "people AS (SELECT district_code, sum(resident_population) AS people FROM population WHERE year = 2025 GROUP BY district_code) "
        "SELECT d.district_name AS 区县名称, round(o.gdp * 10000 / p.people, 2) AS 人均生产总值 FROM district d "
        "JOIN output o ON o.district_code = d.district_code JOIN people p ON p.district_code = d.district_code "
        "ORDER BY 人均生产总值 DESC, d.district_name",
    ),
    _reviewed(
        "2019年以来每年空气质量优良天数比例是多少？",
        "SELECT year(date) AS 年份, round(100.0 * count(*) FILTER (WHERE aqi <= 100) / count(aqi), 2) AS 优良天数比例 "
        "FROM air_quality GROUP BY year(date) ORDER BY 年份",
    ),
    _reviewed(
        "2025年12345热线满意率最低的五个承办部门是哪些？",
        "SELECT department AS 承办部门, round(100.0 * count(*) FILTER (WHERE satisfaction IN ('非常满意', '满意', '基本满意')) "
        "/ count(satisfaction), 2) AS 满意率 FROM hotline_ticket WHERE year(created_at) = 2025 "
        "GROUP BY department ORDER BY 满意率, department LIMIT 5",
    ),
    _reviewed(
        "有条件共享的数据平均几个工作日答复？",
        "SELECT round(avg(reply_days), 2) AS 平均答复工作日 FROM share_request WHERE sharing_class = 'conditional'",
    ),
    _reviewed(
        "各提供部门答复共享申请平均用几个工作日？",
        "SELECT provider AS 提供部门, round(avg(reply_days), 2) AS 平均答复工作日, count(reply_days) AS 已答复件数 "
        "FROM share_request GROUP BY provider HAVING count(reply_days) > 0 ORDER BY 平均答复工作日, provider",
    ),
    _reviewed(
        "2025年新能源汽车占新注册车辆的比例是多少？",
        "SELECT round(100.0 * sum(new_count) FILTER (WHERE energy_type IN ('纯电动', '插电混动')) / sum(new_count), 2) AS 新能源汽车占比 "
        "FROM vehicle_registration WHERE year(month) = 2025",
    ),
    _reviewed(
        "2025年各区县二手房按面积加权的成交均价是多少？",
        "SELECT district AS 所属区, round(sum(average_price * deal_area) * 1.0 / sum(deal_area)) AS 加权成交均价 FROM house_price "
        "WHERE house_type = '二手房' AND year(month) = 2025 GROUP BY district ORDER BY 加权成交均价 DESC, district",
    ),
    _reviewed(
        "2025年预算执行率最低的五个部门是哪些？",
        "SELECT department AS 部门名称, round(100.0 * sum(actual_amount) / sum(budget_amount), 2) AS 预算执行率 "
        "FROM department_budget WHERE year = 2025 GROUP BY department ORDER BY 预算执行率, department LIMIT 5",
    ),
    _reviewed(
        "2025年食品抽检合格率最低的三类食品是什么？",
        "WITH samples AS (SELECT DISTINCT sample_id, food_type, result FROM food_inspection WHERE year(sampled_date) = 2025) "
        "SELECT food_type AS 食品类别, round(100.0 * count(*) FILTER (WHERE result = '1') / count(*), 2) AS 抽检合格率 "
        "FROM samples GROUP BY food_type ORDER BY 抽检合格率, food_type LIMIT 3",
    ),
    _reviewed(
        "2025年地铁日均客运量是多少？",
        "SELECT round(avg(total)) AS 日均客运量 FROM (SELECT date, sum(passenger_count) AS total FROM metro_ridership "
        "WHERE year(date) = 2025 GROUP BY date) AS daily",
    ),
)
