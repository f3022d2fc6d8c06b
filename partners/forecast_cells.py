"""The rows of the list of launches at risk, drawn in Python as those of other lists are (partners/columns.py)."""

from collections.abc import Iterable

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.addresses import address
from common.markup import joined, markup
from common.templatetags.format import day
from common.templatetags.ui import chip
from partners.forecast_list import AtRiskRow


def at_risk_lines(rows: Iterable[AtRiskRow]) -> SafeString:
    """The rows of a table body."""
    words = _("Carried by"), _("Target"), _("1 in 2"), _("4 in 5"), _("Buffer"), _("Why")
    nobody = markup('<span class="muted">{}</span>', _("Nobody"))
    not_set = markup('<span class="muted">{}</span>', _("Not set"))
    carried, target, half, most, buffer, why = words
    return joined(
        markup(
            '<tr data-row tabindex="-1"><th scope="row"><a href="{}" data-row-link>{}</a>'
            '<span class="name-hint">{} · {}</span></th>'
            '<td data-label="{}">{}</td><td class="nowrap" data-label="{}">{}</td>'
            '<td class="nowrap" data-label="{}">{}</td><td class="nowrap" data-label="{}">{}</td>'
            '<td data-label="{}"><div>{}<span class="name-hint">{}</span></div></td>'
            '<td class="forecast-why" data-label="{}">{}</td></tr>',
            address("partners:organization_journey", row.organization_id),
            row.name,
            row.kind_label,
            row.stage_label,
            carried,
            row.carrier or nobody,
            target,
            day(row.target_on) if row.target_on else not_set,
            half,
            day(row.p50_on),
            most,
            day(row.p80_on),
            buffer,
            chip(row.risk_label, row.risk_tone, row.risk_icon),
            row.buffer_words,
            why,
            _reasons(row.reasons),
        )
        for row in rows
    )


def _reasons(reasons: tuple[str, ...]) -> SafeString:
    if not reasons:
        return markup('<span class="muted">{}</span>', "—")
    return markup("<ul>{}</ul>", joined(markup("<li>{}</li>", reason) for reason in reasons))
