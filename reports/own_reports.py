"""Reports that are pages of their own and no list of figures of a pack: what they are called, what their addresses say.

They are saved, shared, mailed and printed like those of packs: `report_named` finds both kinds by their ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from health.policies import words_of
from partners import filters
from partners.selectors.past import AS_OF
from reports import policies
from reports.forms.reports import KEYS, PERIOD
from reports.rules.kpi_packs import Report

FRAME = (PERIOD, AS_OF, *(key for key in filters.FILTER_KEYS if key != filters.ARCHIVED))
"""What the address of each of them may say: the period, the past day, the criteria of the lists of organizations."""


@dataclass(frozen=True, kw_only=True)
class OwnReport:
    """One of them. `keys`: what else its address may say; `over`: over what it is, to its reader, and `everything` the
    same of `name`; `not_known`: what a past day does not tell."""

    id: str
    label: str | Promise
    about: str | Promise
    keys: tuple[str, ...]
    over: str | Promise
    everything: str | Promise
    not_known: str | Promise

    @property
    def report(self) -> Report:
        """As readers of scopes and periods know it: one without figures of a pack."""
        return Report(id=self.id, label={}, about={}, kind="", is_launched=False, is_desk=False, sections=())


SURVEYS = OwnReport(
    id="surveys",
    label=_("Surveys"),
    about=_("Satisfaction, recommending and answers with their intervals; surveys of other houses"),
    keys=("by",),
    over=_("Over the surveys that you may read today."),
    everything=_("All surveys that %(name)s may read"),
    not_known=_(
        "What was asked and answered later is left out. An answer that has been changed since is counted as it is now."
    ),
)
POLICIES = OwnReport(
    id="policies",
    label=_("Policy quality"),
    about=_("Alarms that were right, overrides, waivers, pauses not earned, steps that reached nobody, drills"),
    keys=("subject", "group"),
    over=_("Over what you see today."),
    everything=_("All that %(name)s sees"),
    not_known=_(
        "What happened later is left out, and roles are those of that day. An alarm that has been opened again since is"
        " missing: how it had turned out is not kept."
    ),
)
OWN: Mapping[str, OwnReport] = {one.id: one for one in (SURVEYS, POLICIES)}


def report_named(report_id: str, packed: Mapping[str, Report] | None = None) -> Report | None:
    """A report of its own, or one of the packs in force, `packed` if they are at hand; None of neither.

    A statement at most.
    """
    own = OWN.get(report_id)
    if own is not None:
        return own.report
    return (policies.policy_in_force().reports if packed is None else packed).get(report_id)


def keys_of(report_id: str) -> tuple[str, ...]:
    """What the address of a report may say."""
    own = OWN.get(report_id)
    return (*FRAME, *own.keys) if own is not None else KEYS


def name_of(report: Report) -> str:
    """What a report is called, in the reader's language."""
    own = OWN.get(report.id)
    return str(own.label) if own is not None else words_of(report.label) if report.label else ""
