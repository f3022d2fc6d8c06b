"""The rows of the page of loads, drawn in Python as those of lists are (partners/columns.py)."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.markup import escaped
from common.templatetags.ui import avatar, chip, progress
from partners.selectors.capacity import PersonLoad


class _Words:
    """What rows repeat, looked up once a page."""

    def __init__(self) -> None:
        self.hours, self.purpose, self.organizations = _("Hours"), _("For what"), _("Organizations")
        self.line, self.week = _("%(hours)s h from %(count)s"), _("%(wanted)s of %(there)s hours")
        self.role, self.expected = _("as %(role)s"), _("of %(expected)s")
        self.nothing = escaped(_("Nothing this week"))
        self.list_url = reverse("partners:organization_list")


def load_rows(loads: Iterable[PersonLoad]) -> SafeString:
    """The rows of the table: who, their week, what for, how many organizations."""
    words = _Words()
    return SafeString("".join([_row(load, words) for load in loads]))


def _row(load: PersonLoad, words: _Words) -> str:
    url = escaped(f"{words.list_url}?owner={load.public_id}")
    return (
        f'<tr data-row tabindex="-1"><th scope="row"><span class="name-cell">{avatar(load.name, "sm")}'
        f'<a href="{url}" data-row-link>{escaped(load.name)}</a></span></th>'
        f'<td data-label="{escaped(words.hours)}">{_week(load, words)}</td>'
        f'<td data-label="{escaped(words.purpose)}"><ul class="load-lines">{_lines(load, words)}</ul></td>'
        f'<td data-label="{escaped(words.organizations)}"><ul class="load-lines">{_counts(load, words)}</ul></td></tr>'
    )


def _week(load: PersonLoad, words: _Words) -> str:
    hours = words.week % {"wanted": load.hours_wanted, "there": load.hours_there}
    percent = f" · {load.percent_words}" if load.percent_words else ""
    bar = progress(load.minutes_wanted, load.minutes_there, load.name, tone=load.band_tone, show=False)
    return (
        f'<div class="load-week">{chip(load.band_label, load.band_tone, load.band_icon)} {bar} '
        f'<span class="name-hint">{escaped(hours)}{escaped(percent)}</span></div>'
    )


def _lines(load: PersonLoad, words: _Words) -> str:
    if not load.lines:
        return f'<li class="muted">{words.nothing}</li>'
    told = [(line.label, words.line % {"hours": line.hours, "count": line.count}) for line in load.lines]
    return "".join([f'<li>{escaped(label)} <span class="muted">{escaped(hours)}</span></li>' for label, hours in told])


def _counts(load: PersonLoad, words: _Words) -> str:
    parts = []
    for one in load.counts:
        beside = ""
        if one.expected:
            expected = escaped(words.expected % {"expected": one.expected})
            beside = f' <span class="muted">{expected}</span> {chip(one.fit, one.tone)}'
        parts.append(f"<li>{one.count} {escaped(words.role % {'role': one.role_label})}{beside}</li>")
    return "".join(parts)
