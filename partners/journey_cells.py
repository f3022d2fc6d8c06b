"""The parts of a journey that repeat, drawn in Python as the cells of lists are (partners/columns.py)."""

from collections.abc import Iterable

from django.template.defaultfilters import linebreaksbr
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.markup import escaped, markup
from common.templatetags.format import DASH, day, local_datetime
from common.templatetags.ui import chip, icon_mark
from partners.selectors.forecasts import ForecastCard
from partners.selectors.gate_history import GateSummary
from partners.selectors.journey import StageStep

_CURRENT = ' aria-current="step"'


def stage_rows(steps: Iterable[StageStep]) -> SafeString:
    """The table of stages: since when, until when, who moved it on and why."""
    now, heads = chip(_("Now"), "accent"), (_("Since"), _("Until"), _("Days"), _("Moved on by"), _("Reason"))
    since, until, days, by, why = (escaped(head) for head in heads)
    expected = escaped(_("expected %(when)s"))
    parts = []
    for step in steps:
        begun: str = day(step.entered_at)
        if step.entered_at is None and step.expected_on:
            begun = f'<span class="muted">{expected % {"when": day(step.expected_on)}}</span>'
        parts.append(
            f'<tr{_CURRENT if step.is_current else ""}><th scope="row">{escaped(step.label)}'
            f'{f" {now}" if step.is_current else ""}</th><td data-label="{since}">{begun}</td>'
            f'<td data-label="{until}">{day(step.left_at)}</td>'
            f'<td class="num" data-label="{days}">{DASH if step.days is None else step.days}</td>'
            f'<td data-label="{by}">{escaped(step.moved_on_by) or DASH}</td>'
            f'<td data-label="{why}">{escaped(step.reason) or DASH}</td></tr>'
        )
    return SafeString("".join(parts))


class _Words:
    """What decided gates repeat, looked up once a page."""

    def __init__(self) -> None:
        self.decision, self.reason = escaped(_("Decision")), escaped(_("Reason"))
        self.signed, self.points = escaped(_("Signed by")), escaped(_("Open points"))
        self.nobody = f'<span class="muted">{escaped(_("Nobody signs here"))}</span>'
        self.none = f'<span class="muted">{escaped(_("None"))}</span>'
        self.open = _("Open %(stage)s")


def earlier_gates(organization_id: str, gates: Iterable[GateSummary]) -> SafeString:
    """The decided gates, each behind its headline."""
    words = _Words()
    return SafeString("".join([_gate(organization_id, gate, words) for gate in gates]))


def _gate(organization_id: str, gate: GateSummary, words: _Words) -> str:
    days = ngettext("%(days)s day", "%(days)s days", gate.days or 0) % {"days": gate.days}
    return (
        f'<details class="panel disclosure"><summary><strong>{escaped(gate.label)}</strong> '
        f'{chip(gate.look.label, gate.look.tone, gate.look.icon)} <span class="muted">{day(gate.opened_at)} – '
        f'{day(gate.decided_at)} · {escaped(days)}</span></summary><div class="disclosure-body">'
        f'{_decision(gate, words)}<p><a href="{reverse("partners:gate", args=[organization_id, gate.stage])}">'
        f"{escaped(words.open % {'stage': gate.label})}</a></p></div></details>"
    )


def decision_of(gate: GateSummary) -> SafeString:
    """How a gate was decided, alone."""
    return SafeString(_decision(gate, _Words()))


def _decision(gate: GateSummary, words: _Words) -> str:
    """Who decided it when, why, who signed, and what was let pass."""
    by = f", {escaped(gate.decided_by)}" if gate.decided_by else ""
    reason = f"<div><dt>{words.reason}</dt><dd>{linebreaksbr(gate.reason)}</dd></div>" if gate.reason else ""
    signers = "<br>".join(
        [f"{escaped(one.name)} ({escaped(one.role_label)}), {local_datetime(one.signed_at)}" for one in gate.signers]
    )
    points = "<br>".join([escaped(point) for point in gate.open_points])
    return (
        f'<dl class="facts"><div><dt>{words.decision}</dt><dd>{escaped(gate.look.label)}{by}, '
        f"{local_datetime(gate.decided_at)}</dd></div>{reason}"
        f"<div><dt>{words.signed}</dt><dd>{signers or words.nobody}</dd></div>"
        f"<div><dt>{words.points}</dt><dd>{points or words.none}</dd></div></dl>"
    )


def forecast_rows(card: ForecastCard) -> SafeString:
    """The table of a forecast: each gate with the days by which it is passed."""
    half, most = escaped(_("By then 1 in 2")), escaped(_("By then 4 in 5"))
    launch = markup(' <span class="muted">{} {}</span>', icon_mark("rocket"), _("launch"))
    return SafeString(
        "".join(
            [
                f'<tr><th scope="row">{escaped(gate.label)}{launch if gate.is_launch else ""}</th>'
                f'<td class="num" data-label="{half}">{day(gate.p50_on)}</td>'
                f'<td class="num" data-label="{most}">{day(gate.p80_on)}</td></tr>'
                for gate in card.gates
            ]
        )
    )
