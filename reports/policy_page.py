"""What the page of policy quality shows of one subject: its figure, its groups, who stands behind it, its cases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.export import ExportColumn
from common.templatetags.format import spell_number, spell_percent
from health.alert_policy import alert_policy, rule_label
from health.rules.alert_packs import AlertPolicy
from partners.selectors.waiver_requests import STATES
from reports.report_page import OpenReport
from reports.rules.periods import Period, Span
from reports.rules.policy_cases import Tallied, by_role, tally
from reports.selectors.policy_quality import CASES, Case, roles_of
from reports.words import DASH

SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Subject:
    """`is_share`: the figure is how many cases count of all; else how many there are. `formula` says what counts."""

    key: str
    label: str | Promise
    figure: str | Promise
    formula: str | Promise
    is_share: bool


_SUBJECTS: tuple[tuple[str, bool, str | Promise, str | Promise, str | Promise], ...] = (
    (
        *("alarms", True, gettext_lazy("Alarms"), gettext_lazy("Precision")),
        gettext_lazy(
            "True alarms of the true and the false ones: episodes closed in the period, for each rule that took part. A"
            " late one was neither."
        ),
    ),
    (
        *("overrides", False, gettext_lazy("Overrides"), gettext_lazy("Overrides")),
        gettext_lazy(
            "Bands, classes and priorities that were set by hand in the period, and gates that were passed against "
            "their criteria."
        ),
    ),
    (
        *("waivers", False, gettext_lazy("Waivers"), gettext_lazy("Waivers granted")),
        gettext_lazy("Waivers granted in the period; beside them those taken back and those that ran out in it."),
    ),
    (
        *("asked", False, gettext_lazy("Asked waivers"), gettext_lazy("Waivers asked for")),
        gettext_lazy(
            "Waivers asked for in the period on the page of a gate or through the API, under what came of them. What "
            "was asked by word of mouth, or before requests were kept, is missing."
        ),
    ),
    (
        *("pauses", True, gettext_lazy("Pauses"), gettext_lazy("Unearned pauses")),
        gettext_lazy(
            "Tickets that we set to pending in the period and have moved since: unearned are those that we took back "
            "ourselves, without a word of the partner and without solving them."
        ),
    ),
    (
        *("escalations", True, gettext_lazy("Escalations"), gettext_lazy("Steps that reached nobody")),
        gettext_lazy(
            "Steps of escalations that came due in the period: holes are those with nobody there to be told, after "
            "they fell to the next step."
        ),
    ),
    (
        *("drills", True, gettext_lazy("Drills"), gettext_lazy("Drills with holes")),
        gettext_lazy(
            "Drills of escalations played in the period: those count that found a step that reaches nobody. Those from "
            "before drills were kept are missing; they belong to no organization, so that narrowed lists have none."
        ),
    ),
)
SUBJECTS = {
    key: Subject(key=key, label=label, figure=figure, formula=formula, is_share=is_share)
    for key, is_share, label, figure, formula in _SUBJECTS
}


@dataclass(frozen=True, kw_only=True)
class GroupLine:
    """Cases that are counted under one thing."""

    key: str
    label: str
    total: int
    hits: int
    share: str
    interval: str
    before: str


@dataclass(frozen=True, kw_only=True)
class PolicyQuality:
    """One subject of policy quality in the hands of its reader."""

    opened: OpenReport
    subject: Subject

    @cached_property
    def _all(self) -> list[Case]:
        """Cases of the period and of the one before, read together."""
        before = self.opened.period.previous()
        both = Period(span=Span.DAYS, first=before.first, last=self.opened.period.last)
        found = CASES[self.subject.key](self.opened.scope, both, self.opened.moment)
        return sorted(found, key=lambda case: case.on, reverse=True)

    @cached_property
    def cases(self) -> list[Case]:
        """Those of the period, the newest first; of one group, where one was asked for."""
        first, group = self.opened.period.first, self.opened.query.get("group")
        return [case for case in self._all if case.on >= first and group in ("", case.group)]

    @cached_property
    def roles(self) -> dict[int, str]:
        return roles_of(self.cases, self.opened.moment)

    @property
    def _tallies(self) -> tuple[tuple[Tallied, dict[str, Tallied]], tuple[Tallied, dict[str, Tallied]]]:
        first = self.opened.period.first
        now = tally((case.group, case.counts) for case in self._all if case.on >= first)
        return now, tally((case.group, case.counts) for case in self._all if case.on < first)

    @property
    def figure(self) -> dict[str, str]:
        """The figure of the period with its interval, and that of the one before."""
        (now, _groups), (before, _groups_before) = self._tallies
        hint = _("%(hits)s of %(total)s") % {"hits": now.hits, "total": now.total}
        return {
            "value": self._spell(now),
            "before": self._spell(before),
            "interval": interval_of(now) if self.subject.is_share else "",
            "hint": hint if self.subject.is_share else "",
            "before_hint": interval_of(before) if self.subject.is_share else "",
        }

    @property
    def groups(self) -> list[GroupLine]:
        (_now, groups), (_before, groups_before) = self._tallies
        return [
            GroupLine(
                key=key,
                label=self._label(key),
                total=found.total,
                hits=found.hits,
                share=self._spell_group(found),
                interval=interval_of(found) if self.subject.is_share else "",
                before=self._spell_group(groups_before.get(key, Tallied())),
            )
            for key, found in groups.items()
        ]

    @property
    def role_title(self) -> str:
        """The head of the roles: which moment they are of."""
        return _("Role today") if self.opened.past is None else _("Role on that day")

    @property
    def by_role(self) -> list[tuple[str, int]]:
        """Whose doing it was, by their roles of the moment that it is read at."""
        counted = [case.by_id for case in self.cases if case.counts or self.subject.is_share]
        return [(role or _("Nobody in particular"), many) for role, many in by_role(counted, self.roles)]

    @cached_property
    def _rules(self) -> AlertPolicy | None:
        return alert_policy()

    def _label(self, key: str) -> str:
        """What cases are counted under: a rule of alerts by its name in the pack in force."""
        return rule_label(self._rules, key) if self.subject.key == "alarms" else group_label(key)

    def _spell(self, found: Tallied) -> str:
        if not self.subject.is_share:
            return spell_number(found.hits)
        return spell_percent(found.share.value, 1) if found.share.value is not None else DASH

    def _spell_group(self, found: Tallied) -> str:
        """What is read beside the figure has no share in it: how many there were."""
        return self._spell(found) if self.subject.is_share else spell_number(found.total)

    @property
    def columns(self) -> list[ExportColumn]:
        """The columns of a file of the cases."""
        return [
            ExportColumn(label=_("Day"), value=lambda case: case.on),
            ExportColumn(label=_("Organization"), value=lambda case: case.organization),
            ExportColumn(label=_("Under"), value=lambda case: self._label(case.group)),
            ExportColumn(label=_("What"), value=lambda case: case.what),
            ExportColumn(label=_("Counts"), value=lambda case: _("Yes") if case.counts else _("No")),
            ExportColumn(label=_("Reason"), value=lambda case: case.reason),
            ExportColumn(label=_("By"), value=lambda case: case.by),
            ExportColumn(label=_("Role"), value=lambda case: self.roles.get(case.by_id or 0, "")),
        ]


def policy_quality_of(opened: OpenReport) -> PolicyQuality:
    """The subject that the address names, alarms without one."""
    return PolicyQuality(opened=opened, subject=SUBJECTS.get(opened.query.get("subject"), SUBJECTS["alarms"]))


def interval_of(found: Tallied) -> str:
    """The 95 % interval of a share; nothing of nothing."""
    if not found.total:
        return ""
    ends = {"low": spell_percent(found.share.low, 1), "high": spell_percent(found.share.high, 1)}
    return _("%(low)s to %(high)s") % ends


def group_label(key: str) -> str:
    """What cases of the other subjects are counted under."""
    known = {
        "band": _("Health bands"),
        "class": _("Tiers, segments and gemstones"),
        "gate": _("Gates"),
        "priority": _("Priorities"),
        "granted": _("Granted"),
        "revoked": _("Taken back"),
        "expired": _("Run out"),
        **{f"asked_{state}": str(label) for state, (label, _tone) in STATES.items()},
        "pending": _("Waiting for the partner"),
        "assignee": _("To whoever has the ticket"),
        "queue_leads": _("To the leads of the queue"),
        "support_managers": _("To the support managers"),
        "on_call": _("To whoever is on call"),
        "owners": _("To the owners"),
    }
    return known.get(key, key.replace("_", " "))
