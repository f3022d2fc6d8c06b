"""What pages of reports draw."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.safestring import SafeString

from accounts.labels import role_label
from common.charts_svg import chart_svg
from common.document import Chart
from common.markup import markup

register = template.Library()
WIDE, HIGH = 72, 18


@register.simple_tag
def chart_of(chart: Chart) -> SafeString:
    """A chart in the colors of the page."""
    return chart_svg(chart)


@register.simple_tag
def sparkline(values: Sequence[Decimal | None], words: str) -> SafeString:
    """A line of a few values, the newest last, with `words` for those who do not see it; nothing of less than two."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return SafeString("")
    low, high = min(value for _place, value in known), max(value for _place, value in known)
    across = Decimal(WIDE) / (len(values) - 1)
    spots = [
        (2 + place * across, 2 + HIGH * ((high - value) / (high - low) if high > low else Decimal("0.5")))
        for place, value in known
    ]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    return markup(
        '<svg class="sparkline" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>'
        '<polyline points="{}"/><circle cx="{}" cy="{}" r="2"/></svg>',
        WIDE + 4,
        HIGH + 4,
        words,
        words,
        points,
        f"{spots[-1][0]:.1f}",
        f"{spots[-1][1]:.1f}",
    )


@register.filter
def role_name(role: str) -> str:
    """A role as people call it."""
    return role_label(role)
