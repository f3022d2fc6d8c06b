"""How good alerts are: answers in time, precision of each rule, what plays did to health. Counts name no organization.

Counted over everything the reader sees; rules are judged over the whole house, as demotion does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.utils.translation import get_language

from accounts.rules.access import Actor
from health.alert_choices import EpisodeOutcome, Route
from health.models import Episode, EpisodeSignal, PlayEffect, RuleStanding
from health.rules.alert_packs import NOW, AlertPolicy
from health.rules.precision import Tally
from partners.rules.classification import label_in
from partners.rules.plays import PlayPolicy
from partners.rules.small_samples import Share, share

PERIOD = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """One rule: how often it fired, how right it was, how much of it was held back, whether it was demoted."""

    id: str
    label: str
    cause: str
    fired: int
    tally: Tally
    held_back: int
    open: int
    tells_now: bool
    standing: RuleStanding | None
    is_gone: bool

    @property
    def precision(self) -> Share:
        return self.tally.precision

    @property
    def is_demoted(self) -> bool:
        return self.standing is not None and self.standing.is_demoted


@dataclass(frozen=True, kw_only=True)
class PlayLine:
    """One play: how often it began from an alert, how often health had recovered by its review."""

    id: str
    label: str
    runs: int
    ended: int
    recovered: Share
    moved: Decimal | None


@dataclass(frozen=True, kw_only=True)
class AlertQuality:
    """`answered`: in time of those whose time is over or that were answered."""

    answered: Share
    late: int
    rules: Sequence[RuleLine]
    plays: Sequence[PlayLine]


def alert_quality(actor: Actor, *, policy: AlertPolicy | None, plays: PlayPolicy | None, now: datetime) -> AlertQuality:
    """The figures of the last 90 days; precision and plays of all time. Five statements."""
    answered, late = _answers(actor, now)
    return AlertQuality(answered=answered, late=late, rules=_rules(actor, policy, now), plays=_plays(actor, plays))


def _answers(actor: Actor, now: datetime) -> tuple[Share, int]:
    told = Episode.objects.visible_to(actor).filter(route=Route.NOW, due_at__isnull=False, routed_at__gte=now - PERIOD)
    in_time = Q(answered_at__isnull=False, answered_at__lte=F("due_at"))
    too_late = Q(answered_at__gt=F("due_at")) | Q(answered_at__isnull=True, due_at__lt=now)
    found = told.order_by().aggregate(hits=Count("pk", filter=in_time), late=Count("pk", filter=too_late))
    return share(found["hits"], found["hits"] + found["late"]), found["late"]


def _rules(actor: Actor, policy: AlertPolicy | None, now: datetime) -> list[RuleLine]:
    standings = {row.rule: row for row in RuleStanding.objects.select_related("promoted_by")}
    counts = _counts(actor, now)
    tallies = _tallies(actor, standings)
    known = policy.rules if policy is not None else {}
    language = get_language() or "en"
    lines = []
    for rule in dict.fromkeys((*known, *sorted(counts), *sorted(tallies))):
        found, count = known.get(rule), counts.get(rule, {})
        lines.append(
            RuleLine(
                id=rule,
                label=label_in(found.label, language) if found is not None else rule.replace("_", " "),
                cause=found.cause if found is not None else "",
                fired=count.get("fired", 0),
                tally=tallies.get(rule, Tally(acted=0, false=0)),
                held_back=count.get("held_back", 0),
                open=count.get("open", 0),
                tells_now=found is not None and found.route == NOW,
                standing=standings.get(rule),
                is_gone=found is None,
            )
        )
    return lines


def _counts(actor: Actor, now: datetime) -> dict[str, Mapping[str, int]]:
    rows = EpisodeSignal.objects.visible_to(actor).filter(at__gte=now - PERIOD).order_by().values("rule")
    found: QuerySet[Any] = rows.annotate(
        fired=Count("pk"),
        held_back=Count("episode_id", filter=Q(episode__route=Route.DIGEST), distinct=True),
        open=Count("episode_id", filter=Q(episode__closed_at__isnull=True), distinct=True),
    )
    return {row["rule"]: row for row in found}


def _tallies(actor: Actor, standings: Mapping[str, RuleStanding]) -> dict[str, Tally]:
    """Of closed episodes, since a rule was last let speak."""
    again = Q(pk__in=[])
    for rule, standing in standings.items():
        if standing.counted_from is not None:
            again |= Q(rule=rule, episode__closed_at__lt=standing.counted_from)
    rows = EpisodeSignal.objects.visible_to(actor).filter(episode__closed_at__isnull=False).exclude(again)
    counts = {
        outcome: Count("episode_id", filter=Q(episode__outcome=outcome), distinct=True)
        for outcome in EpisodeOutcome.values
    }
    found: QuerySet[Any] = rows.order_by().values("rule").annotate(**counts)
    return {row["rule"]: Tally(acted=row["acted"], false=row["false"], late=row["late"]) for row in found}


def _plays(actor: Actor, plays: PlayPolicy | None) -> list[PlayLine]:
    rows = PlayEffect.objects.visible_to(actor).order_by().values("play")
    found = rows.annotate(
        runs=Count("pk"),
        ended=Count("pk", filter=Q(ended_at__isnull=False)),
        known=Count("pk", filter=Q(has_recovered__isnull=False)),
        good=Count("pk", filter=Q(has_recovered=True)),
        moved=Avg(F("reviewed_score") - F("began_score")),
    )
    known = plays.plays if plays is not None else {}
    language = get_language() or "en"
    return [
        PlayLine(
            id=row["play"],
            label=label_in(known[row["play"]].label, language) if row["play"] in known else row["play"],
            runs=row["runs"],
            ended=row["ended"],
            recovered=share(row["good"], row["known"]),
            moved=None if row["moved"] is None else round(Decimal(row["moved"]), 2),
        )
        for row in sorted(found, key=lambda row: (-row["runs"], row["play"]))
    ]
