"""What pages of reports draw."""

from django import template
from django.utils.safestring import SafeString

from accounts.labels import role_label
from common.charts_svg import chart_svg
from common.document import Chart

register = template.Library()


@register.simple_tag
def chart_of(chart: Chart) -> SafeString:
    """A chart in the colors of the page."""
    return chart_svg(chart)


@register.filter
def role_name(role: str) -> str:
    """A role as people call it."""
    return role_label(role)
