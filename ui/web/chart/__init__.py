"""Charts from a declarative spec and a result table, as plain HTML and SVG: no script, no library, no request."""

from ui.web.chart.draw import chart_html
from ui.web.chart.model import ChartModel, chart_model

__all__ = ["ChartModel", "chart_html", "chart_model"]
