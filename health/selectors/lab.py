"""What the pages of the scorecard lab show of scorecards: what is in force, the working copy, what is found in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from common.errors import Missing
from common.models import PolicyVersion, PolicyWorkingCopy
from health.models import LabReplay, LabShadow
from health.policies import PREFIX, HealthPolicies, policies_in_force, words_of
from health.rules.scorecard_lint import Finding, lint

_PLACE = re.compile(r"groups\[(\d+)\](?:\.measures\[(\d+)\])?(?:\.(.+))?|vetoes\[(\d+)\](?:\.(.+))?")


@dataclass(frozen=True, kw_only=True)
class CardRow:
    """A scorecard in the list of the lab."""

    name: str
    label: str
    version: int
    since: datetime | None
    has_copy: bool
    is_beside: bool
    is_shadowed: bool


@dataclass(frozen=True, kw_only=True)
class FoundRow:
    """A finding in words, with the measure or veto that it belongs to, if it does."""

    where: str
    problem: str
    is_fault: bool
    measure: str
    veto: str


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    id: str
    label: str
    metric: str
    share: Any
    kind: str
    window_days: Any
    fresh_days: Any


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    id: str
    label: str
    weight: Any
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, kw_only=True)
class VetoRow:
    id: str
    label: str
    metric: str
    bound: str
    cap: str


@dataclass(frozen=True, kw_only=True)
class CardPage:
    """A scorecard with its working copy, or (without one) as it is in force."""

    name: str
    label: str
    version: int
    copy: PolicyWorkingCopy | None
    body: Mapping[str, Any]
    edited_by: str
    groups: tuple[GroupRow, ...]
    vetoes: tuple[VetoRow, ...]
    findings: tuple[FoundRow, ...]
    replays: tuple[LabReplay, ...]
    shadow: LabShadow | None

    @property
    def faults(self) -> int:
        return sum(finding.is_fault for finding in self.findings)

    @property
    def is_overtaken(self) -> bool:
        """Whether another version came into force since the copy began."""
        return self.copy is not None and self.copy.base_version != self.version


def card_rows() -> list[CardRow]:
    """Every scorecard in force, those that make a band first. Two statements."""
    cards = policies_in_force().cards
    shadows = LabShadow.objects.filter(ended_at__isnull=True).annotate(pack=Concat(Value(PREFIX), "card"))
    versions = PolicyVersion.objects.filter(kind="scorecard", is_active=True).annotate(
        has_copy=Exists(PolicyWorkingCopy.objects.filter(name=OuterRef("name"))),
        is_shadowed=Exists(shadows.filter(pack=OuterRef("name"))),
    )
    rows = [
        CardRow(
            name=name,
            label=words_of(card.label),
            version=card.version,
            since=made_at,
            has_copy=has_copy,
            is_beside=card.is_beside,
            is_shadowed=is_shadowed,
        )
        for pack, made_at, has_copy, is_shadowed in versions.values_list(
            "name", "created_at", "has_copy", "is_shadowed"
        )
        for name in (pack.removeprefix(PREFIX),)
        if (card := cards.get(name)) is not None
    ]
    return sorted(rows, key=lambda row: (row.is_beside, row.label.lower()))


def card_page(actor: Actor, name: str) -> CardPage:
    """A scorecard in the lab. Raises Missing."""
    active = active_version(name)
    copy = PolicyWorkingCopy.objects.filter(name=PREFIX + name).first()
    policies, body = policies_in_force(), copy.body if copy is not None else active.body
    return CardPage(
        name=name,
        label=words_of(body["label"]),
        version=active.version,
        copy=copy,
        body=body,
        edited_by=_editor(actor, copy),
        groups=tuple(_group(policies, group) for group in body["groups"]),
        vetoes=tuple(_veto(policies, veto) for veto in body.get("vetoes") or ()),
        findings=findings_of(policies, body),
        replays=tuple(LabReplay.objects.filter(card=name).defer("body", "courses", "states", "moves")[:10]),
        shadow=LabShadow.objects.filter(card=name, ended_at__isnull=True).first(),
    )


def active_version(name: str) -> PolicyVersion:
    """The version in force of a scorecard. Raises Missing."""
    active = PolicyVersion.objects.filter(name=PREFIX + name, kind="scorecard", is_active=True).first()
    if active is None:
        raise Missing(_("There is no such scorecard."))
    return active


def findings_of(policies: HealthPolicies, body: Mapping[str, Any]) -> tuple[FoundRow, ...]:
    """What is wrong with a body, in words."""
    return tuple(_found(policies, body, finding) for finding in lint(body, policies.metrics))


def _editor(actor: Actor, copy: PolicyWorkingCopy | None) -> str:
    """Who changed the copy last, where it was not the reader."""
    if copy is None or copy.edited_by_id in (None, actor.user_id):
        return ""
    found = User.objects.visible_to(actor).filter(pk=copy.edited_by_id).values_list("name", flat=True).first()
    return found or _("Somebody")


def _group(policies: HealthPolicies, group: Mapping[str, Any]) -> GroupRow:
    return GroupRow(
        id=group["id"],
        label=words_of(group["label"]),
        weight=group["weight"],
        measures=tuple(
            MeasureRow(
                id=entry["id"],
                label=words_of(entry["label"]) if entry.get("label") else policies.metric_label(entry["metric"]),
                metric=policies.metric_label(entry["metric"]),
                share=entry.get("share"),
                kind=entry.get("kind", "thresholds"),
                window_days=entry.get("window_days"),
                fresh_days=entry.get("fresh_days"),
            )
            for entry in group["measures"]
        ),
    )


def _veto(policies: HealthPolicies, entry: Mapping[str, Any]) -> VetoRow:
    is_least = "at_least" in entry
    number = entry.get("at_least") if is_least else entry.get("at_most")
    bound = _("%(number)s or more") if is_least else _("%(number)s or less")
    return VetoRow(
        id=entry["id"],
        label=words_of(entry["label"]),
        metric=policies.metric_label(entry["metric"]),
        bound=bound % {"number": number},
        cap=entry["cap"],
    )


def _found(policies: HealthPolicies, body: Mapping[str, Any], finding: Finding) -> FoundRow:
    where, measure, veto = _place(policies, body, finding.place)
    return FoundRow(where=where, problem=finding.problem, is_fault=finding.is_fault, measure=measure, veto=veto)


def _place(policies: HealthPolicies, body: Mapping[str, Any], place: str) -> tuple[str, str, str]:
    """A place of the parser in the words of the page; with the measure, or the veto, that it lies in."""
    found = _PLACE.fullmatch(place)
    if found is None:
        return place or _("The scorecard as a whole"), "", ""
    if found[4] is not None:
        veto = body["vetoes"][int(found[4])]
        return _words(policies, veto, found[5]), "", str(veto.get("id", ""))
    group = body["groups"][int(found[1])]
    if found[2] is None:
        return _words(policies, group, found[3]), "", ""
    measure = group["measures"][int(found[2])]
    return f"{_words(policies, group)} › {_words(policies, measure, found[3])}", str(measure.get("id", "")), ""


def _words(policies: HealthPolicies, entry: Mapping[str, Any], rest: str | None = None) -> str:
    label = words_of(entry["label"]) if entry.get("label") else policies.metric_label(str(entry.get("metric", "")))
    return f"{label} › {rest}" if rest else label
