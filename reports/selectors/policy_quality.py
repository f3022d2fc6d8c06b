"""What tells how good our policies are: alarms, overrides, waivers, pauses of promises, steps of escalations, drills.

Each is a list of cases of a period that the reader sees; figures count the cases, so that the page behind a figure is
the figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _

from accounts.labels import role_short_label, stage_label
from accounts.models import RoleGrant
from health.alert_choices import EpisodeOutcome
from health.choices import Band
from health.models import BandOverride, Episode, EpisodeSignal
from partners import filters
from partners.models import ClassificationOverride, GateReview, Waiver, WaiverRequest
from partners.selectors.waiver_requests import state_of
from reports.rules.periods import Period
from reports.selectors.figures import Moment, ends
from reports.selectors.scope import ReportScope
from tickets.choices import Priority, Side, TicketStatus, TimerKind
from tickets.models import EscalationDrill, SlaTimer, TicketEvent

MOST = 20_000
"""So many cases of a kind are read for a figure: those of the newest days."""
_ENDED = (TicketStatus.SOLVED, TicketStatus.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case. `group` is what it is counted under; `counts`: whether it is what the figure is about, of all cases."""

    on: date
    group: str
    counts: bool
    what: str
    reason: str
    by_id: int | None
    by: str
    organization: str
    url: str


def alarms(scope: ReportScope, period: Period, moment: Moment) -> Iterator[Case]:
    """Closed episodes by each rule that took part, as demotion counts them; late ones were neither true nor false."""
    since, until = ends(period, moment.today)
    rows = _of(EpisodeSignal.objects.visible_to(scope.actor), scope).filter(
        # Episodes of commercial causes are not told to everybody who opens the organization.
        episode__in=Episode.objects.all().visible_to(scope.actor),
        episode__closed_at__gte=since,
        episode__closed_at__lt=until,
        episode__outcome__in=[EpisodeOutcome.ACTED, EpisodeOutcome.FALSE],
    )
    found = rows.order_by("-episode__closed_at", "episode_id", "rule").values(
        "rule",
        "episode_id",
        place=F("organization__name"),
        key=F("episode__public_id"),
        closed=F("episode__closed_at"),
        outcome=F("episode__outcome"),
        note=F("episode__outcome_note"),
        who=F("episode__closed_by_id"),
        name=F("episode__closed_by__name"),
    )
    seen: set[tuple[int, str]] = set()
    for row in found[:MOST]:
        if (row["episode_id"], row["rule"]) in seen:
            continue
        seen.add((row["episode_id"], row["rule"]))
        url = reverse("health:episode", args=[row["key"]])
        what = str(EpisodeOutcome(row["outcome"]).label)
        yield _case(
            {**row, "at": row["closed"]},
            group=row["rule"],
            counts=row["outcome"] == EpisodeOutcome.ACTED,
            what=what,
            url=url,
        )


def overrides(scope: ReportScope, period: Period, moment: Moment) -> Iterator[Case]:
    """What people set against a policy: bands, classes, gates and priorities. Each counts."""
    since, until = ends(period, moment.today)
    bands = _of(BandOverride.objects.all().visible_to(scope.actor), scope)
    for row in _rows(bands.filter(started_at__gte=since, started_at__lt=until), "started_at", "set_by", "band"):
        yield _at_place(row, "band", str(Band(row["value"]).label), "health:organization")
    classes = _of(ClassificationOverride.objects.all().visible_to(scope.actor), scope)
    for row in _rows(classes.filter(started_at__gte=since, started_at__lt=until), "started_at", "set_by", "value"):
        yield _at_place(row, "class", row["value"], "partners:organization")
    gates = _of(GateReview.objects.all().visible_to(scope.actor), scope).filter(outcome="overridden")
    for row in _rows(gates.filter(decided_at__gte=since, decided_at__lt=until), "decided_at", "decided_by", "stage"):
        yield _at_place(row, "gate", stage_label(row["value"]), "partners:organization")
    # The reason of then: the ticket forgets it when its impact or urgency decides again.
    events = _tickets(scope, since, until).filter(changes__has_keys=["priority", "priority_reason"])
    found = (
        events.exclude(changes__priority_reason__1="")
        .order_by("-at", "-id")
        .values(
            "at",
            "changes",
            place=F("organization__name"),
            number=F("ticket__number"),
            who=F("actor_id"),
            name=F("actor__name"),
        )
    )
    for row in found[:MOST]:
        what = " → ".join(str(value) for value in row["changes"]["priority"])
        told = {**row, "note": row["changes"]["priority_reason"][1]}
        yield _case(told, group="priority", counts=True, what=what, url=_ticket(row["number"]))


def waivers(scope: ReportScope, period: Period, moment: Moment) -> Iterator[Case]:
    """Waivers given, taken back and run out in the period; those given count, and the others are read beside them."""
    since, until = ends(period, moment.today)
    rows = _of(Waiver.objects.all().visible_to(scope.actor), scope)
    ways: tuple[tuple[str, str, str, Q], ...] = (
        ("granted", "granted_at", "granted_by", Q()),
        ("revoked", "revoked_at", "revoked_by", Q(revoked_at__lt=F("expires_at"))),
        ("expired", "expires_at", "granted_by", Q(revoked_at=None) | Q(revoked_at__gte=F("expires_at"))),
    )
    for group, field, who, more in ways:
        wanted = rows.filter(more, **{f"{field}__gte": since, f"{field}__lt": min(until, moment.now)})
        for row in _rows(wanted, field, who, "criterion"):
            yield _at_place(row, group, row["value"].partition(":")[2], "partners:organization")


def asked(scope: ReportScope, period: Period, moment: Moment) -> Iterator[Case]:
    """Waivers asked for in the period, under what had come of them by the moment of reading. Each counts."""
    since, until = ends(period, moment.today)
    rows = _of(WaiverRequest.objects.all().visible_to(scope.actor), scope)
    wanted = rows.filter(asked_at__gte=since, asked_at__lt=min(until, moment.now))
    found = wanted.order_by("-asked_at", "-pk").values(
        *("criterion", "note", "reason", "answer", "answered_at"),
        decided=F("review__decided_at"),
        at=F("asked_at"),
        who=F("asked_by_id"),
        name=F("asked_by__name"),
        place=F("organization__name"),
        key=F("organization__public_id"),
        stage=F("review__stage"),
    )
    for row in found[:MOST]:
        sent = {"answer": row["answer"], "answered_at": row["answered_at"], "decided_at": row["decided"]}
        state = state_of(**sent, at=moment.now)
        # What was answered later is not told of a day before.
        words = [row["reason"], row["note"] if state == row["answer"] else ""]
        yield _case(
            {**row, "note": " → ".join(filter(None, words))},
            group=f"asked_{state}",
            counts=True,
            what=f"{stage_label(row['stage'])}: {row['criterion'].partition(':')[2]}",
            url=reverse("partners:gate", args=[row["key"], row["stage"]]),
        )


def pauses(scope: ReportScope, period: Period, moment: Moment) -> Iterator[Case]:
    """Promises paused by us as waiting for the partner, by the day the pause began, once it is over.

    Unearned is one that we ended ourselves, without a word of the partner and without solving: nothing was waited for.
    """
    since, until = ends(period, moment.today)
    of_ticket = TicketEvent.objects.filter(
        ticket_id=OuterRef("ticket_id"), changes__has_key="status", at__lte=moment.now
    )
    later = of_ticket.filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))).order_by(
        "at", "pk"
    )
    began = _tickets(scope, since, until).filter(side=Side.AGENT, changes__status__1=TicketStatus.PENDING.value)
    rows = began.annotate(then=Subquery(later.values(found=JSONObject(side="side", changes="changes"))[:1]))
    found = (
        rows.filter(then__isnull=False)
        .order_by("-at", "-id")
        .values(
            "at",
            "then",
            place=F("organization__name"),
            number=F("ticket__number"),
            note=F("ticket__subject"),
            who=F("actor_id"),
            name=F("actor__name"),
        )
    )
    for row in found[:MOST]:
        is_ours = row["then"]["side"] != Side.CUSTOMER
        is_unearned = is_ours and row["then"]["changes"]["status"][1] not in _ENDED
        what = _("Ended by us, with nothing from the partner") if is_unearned else _("Answered or solved")
        yield _case(row, group="pending", counts=is_unearned, what=what, url=_ticket(row["number"]))


def escalations(scope: ReportScope, period: Period, moment: Moment) -> Iterator[Case]:
    """Steps of escalations that came due; those that reached nobody count: they are holes of the policy or the rota."""
    since, until = ends(period, moment.today)
    rows = _of(SlaTimer.objects.all().visible_to(scope.actor), scope)
    wanted = rows.filter(kind=TimerKind.ESCALATION, fired_at__gte=since, fired_at__lt=until)
    found = wanted.order_by("-fired_at", "-id").values(
        "data",
        at=F("fired_at"),
        place=F("organization__name"),
        number=F("ticket__number"),
        note=F("ticket__subject"),
    )
    for row in found[:MOST]:
        told = row["data"].get("told") or []
        what = _("%(count)s told") % {"count": len(told)} if told else _("Nobody was there to be told")
        group = str(row["data"].get("tell") or "")
        yield _case(row, group=group, counts=not told, what=what, url=_ticket(row["number"]))


def drills(scope: ReportScope, period: Period, moment: Moment) -> Iterator[Case]:
    """Drills that were played, by policy; those that found a hole count. They belong to no organization."""
    if _is_narrowed(scope):
        return
    since, until = ends(period, moment.today)
    rows = EscalationDrill.objects.all().visible_to(scope.actor).filter(played_at__gte=since, played_at__lt=until)
    found = rows.order_by("-played_at", "-id").values(
        *("policy", "policy_version", "priority", "queue", "steps", "holes"),
        at=F("played_at"),
        key=F("public_id"),
        who=F("played_by_id"),
        name=F("played_by__name"),
    )
    for row in found[:MOST]:
        what = _("%(holes)s of %(steps)s steps reach nobody") % {"holes": row["holes"], "steps": row["steps"]}
        version = _("version %(version)s") % {"version": row["policy_version"]}
        note = f"{row['queue']}, {Priority(row['priority']).label}, {version}"
        url = reverse("tickets:drill_run", args=[row["key"]])
        yield _case(
            {**row, "note": note, "place": ""}, group=row["policy"], counts=row["holes"] > 0, what=what, url=url
        )


CASES: Mapping[str, Callable[[ReportScope, Period, Moment], Iterator[Case]]] = {
    "alarms": alarms,
    "overrides": overrides,
    "waivers": waivers,
    "asked": asked,
    "pauses": pauses,
    "escalations": escalations,
    "drills": drills,
}


def roles_of(cases: Iterable[Case], moment: Moment) -> dict[int, str]:
    """The roles that whoever did it has at a moment, in words: one statement."""
    found: dict[int, list[str]] = {}
    ids = {case.by_id for case in cases if case.by_id is not None}
    had = Q(started_at__lte=moment.now) & (Q(ended_at__isnull=True) | Q(ended_at__gt=moment.now))
    held = RoleGrant.objects.filter(had, user_id__in=ids).order_by("user_id", "role")
    for user_id, role in held.values_list("user_id", "role"):
        found.setdefault(user_id, []).append(role_short_label(role))
    return {user_id: ", ".join(roles) for user_id, roles in found.items()}


def _of(rows: Any, scope: ReportScope) -> Any:
    """Whoever asks for some organizations reads those that they open; without it all that they see."""
    return rows.filter(organization_id__in=scope.organizations.values("pk")) if _is_narrowed(scope) else rows


def _is_narrowed(scope: ReportScope) -> bool:
    return any(key in filters.FILTER_KEYS for key, _value in scope.query.pairs)


def _tickets(scope: ReportScope, since: datetime, until: datetime) -> Any:
    return _of(TicketEvent.objects.all().visible_to(scope.actor), scope).filter(at__gte=since, at__lt=until)


def _rows(rows: Any, moment: str, who: str, value: str) -> Any:
    """Up to the most rows of an organization, the newest first."""
    named = {"at": F(moment), "value_": F(value), "who": F(f"{who}_id"), "name": F(f"{who}__name"), "note": F("reason")}
    place = {"place": F("organization__name"), "key": F("organization__public_id")}
    for row in rows.order_by(f"-{moment}", "-pk").values(**named, **place)[:MOST]:
        yield {**row, "value": row["value_"]}


def _at_place(row: Mapping[str, Any], group: str, what: str, view: str) -> Case:
    return _case(
        row,
        group=group,
        counts=group not in ("revoked", "expired"),
        what=what,
        url=reverse(view, args=[row["key"]]),
    )


def _case(row: Mapping[str, Any], *, group: str, counts: bool, what: str, url: str) -> Case:
    return Case(
        on=row["at"].astimezone(get_default_timezone()).date(),
        group=group,
        counts=counts,
        what=what,
        reason=row["note"] or "",
        by_id=row.get("who"),
        by=row.get("name") or "",
        organization=row["place"] or "",
        url=url,
    )


def _ticket(number: int) -> str:
    return reverse("tickets:ticket", args=[number])
