"""Growth in the demo world: what a year of each customer brings, chances to sell more, renewals, losses.

Written in bulk: it has happened already, and tells nobody. Losses alone go by their use case, which knows the ledger.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import Notification
from hub.demo.people import Crew
from partners.choices import Stage
from partners.growth_choices import OpportunityStage, RenewalState, RevenueKind, Verdict
from partners.models import Assignment, Opportunity, Organization, Renewal, RevenueChange, StagePeriod, TimelineEntry
from partners.rules.pipeline import PROBABILITIES
from partners.services import autopsies, losses, renewal_verdicts, timeline
from partners.services.renewals import OWNER_ROLES

_STAGES = (Stage.ADOPT.value, Stage.LIVE.value, Stage.POST_LAUNCH.value)
# Title, kind, share of the year's revenue, what is said of it, the next step.
_CHANCES = (
    ("Seats for the second site", "upsell", "0.18", "The second site starts in spring.", "Count users with their IT"),
    ("Premium support", "upsell", "0.12", "Two incidents at month-end; they want a night line.", "Send the offer"),
    ("Analytics module", "cross_sell", "0.25", "Their board asks for the same figures each month.", "Show it"),
    ("Returns as a new use case", "new_use_case", "0.20", "A warehouse takes part in a trial.", "Agree on a measure"),
    (
        "Sandbox for their partners",
        "cross_sell",
        "0.08",
        "Three of their integrators wait for one.",
        "Call procurement",
    ),
    ("Larger edition", "upsell", "0.30", "They meet the limits of the present one each quarter.", "Meet the sponsor"),
)
_OPEN = ("identified", "qualified", "proposed", "committed", "qualified", "proposed")
_WHY_LOST = ("No budget this year; ask again in autumn.", "Built it themselves.", "The sponsor left before signing.")
# What the owner says, why, what they say themselves, their words. Nothing said is said by nobody.
_VERDICTS = (
    (Verdict.RENEW, "Order is with procurement.", Verdict.RENEW, "We stay; the price is settled."),
    (Verdict.RENEW, "Champion confirmed on the last call.", "", ""),
    ("", "", "", ""),
    (Verdict.AT_RISK, "New CFO compares us with one other.", Verdict.MONITOR, "We look at the market this year."),
    (Verdict.RENEW, "Two-year contract runs on by itself.", Verdict.RENEW, ""),
    (Verdict.LEAVE, "They move to the tool of their parent company.", Verdict.LEAVE, "Decided by the group."),
)
_LOST = (("price", "Their new group buys elsewhere for less.", 135), ("unused", "Half of the teams never began.", 48))


_Source = Opportunity | Renewal | None
_Line = tuple[RevenueChange, _Source]


@dataclass
class _Made:
    """Rows that are written at the end, each kind at once."""

    chances: list[Opportunity] = field(default_factory=list)
    renewals: list[Renewal] = field(default_factory=list)
    ledger: list[_Line] = field(default_factory=list)


def grow(*, crew: Crew, now: datetime) -> None:
    """Everything below; the same in every world."""
    today = timezone.localdate(now)
    rows = Organization.objects.filter(stage__in=_STAGES, archived_at__isnull=True, arr__gt=0).order_by("pk")
    places, owners, signed, made = list(rows), _owners(), _signed(), _Made()
    for number, place in enumerate(places):
        since = min(signed.get(place.pk, today), today - timedelta(days=20))
        _live(number, place, owners.get(place.pk), made, since, today)
    Opportunity.objects.bulk_create(made.chances)
    Renewal.objects.bulk_create(made.renewals)
    # What brought a line has its id by now.
    for line, source in made.ledger:
        line.source_id = line.organization_id if source is None else source.pk
    RevenueChange.objects.bulk_create(line for line, _source in made.ledger)
    timeline.push_many(_lines(made, crew))
    year_ago = today - timedelta(days=366)
    _lose([place for place in places if signed.get(place.pk, today) < year_ago], crew, now)
    renewal_verdicts.judge([row.pk for row in made.renewals if row.state == RenewalState.OPEN], now=now)
    autopsies.draft_missing(now=now)
    Notification.objects.filter(mailed_at__isnull=True).update(mailed_at=now)


def _owners() -> dict[int, int]:
    """Who looks after the relationship of each organization."""
    held = Assignment.objects.filter(ended_at__isnull=True, role__in=OWNER_ROLES).order_by("-is_primary", "pk")
    found: dict[int, dict[str, int]] = {}
    for place, role, user in held.values_list("organization_id", "role", "user_id"):
        found.setdefault(place, {}).setdefault(role, user)
    return {place: next(roles[role] for role in OWNER_ROLES if role in roles) for place, roles in found.items()}


def _signed() -> dict[int, date]:
    """Since when each organization is under contract, and brings what it brings."""
    rows = StagePeriod.objects.filter(stage__in=(Stage.KICK_OFF, Stage.GATE_1)).order_by("-entered_at")
    return {place: timezone.localdate(at) for place, at in rows.values_list("organization_id", "entered_at")}


def _live(number: int, place: Organization, owner: int | None, made: _Made, since: date, today: date) -> None:
    """The chances of one organization, its renewals, and the lines that add up to what it brings today."""
    arr = place.arr or Decimal(0)
    grown = Decimal(0)
    if number % 5 < 4:
        made.chances.append(
            _chance(number, place, owner, _OPEN[number % 6], today + timedelta(days=7 + number % 6 * 21))
        )
    if number % 4 == 1:
        day = max(since, today - timedelta(days=15 + number * 7 % 300))
        won = _chance(number + 2, place, owner, "won", day)
        made.chances.append(won)
        made.ledger.append(_line(place, day, RevenueKind.EXPANSION, won.amount, won))
        grown += won.amount
    if number % 7 == 3:
        gone = _chance(number + 4, place, owner, "lost", max(since, today - timedelta(days=20 + number * 5 % 250)))
        gone.outcome_note = _WHY_LOST[number % 3]
        made.chances.append(gone)
    grown += _renew(number, place, owner, since, arr, made, today)
    made.ledger.append(_line(place, since, RevenueKind.NEW, arr - grown))


def _chance(number: int, place: Organization, owner: int | None, stage: str, day: date) -> Opportunity:
    title, kind, share, case, step = _CHANCES[number % len(_CHANCES)]
    is_open = stage not in ("won", "lost")
    return Opportunity(
        organization=place,
        title=title,
        kind=kind,
        stage=stage,
        amount=_rounded((place.arr or Decimal(0)) * Decimal(share)),
        currency=place.currency,
        probability=PROBABILITIES[stage],
        expected_on=day,
        owner_id=owner,
        readiness=("ready", "preparing", "not_ready", "unknown")[number % 4],
        business_case=case,
        next_step=step if is_open else "",
        closed_on=None if is_open else day,
        closed_at=None if is_open else _noon(day),
        created_by_id=owner,
    )


def _renew(
    number: int, place: Organization, owner: int | None, since: date, arr: Decimal, made: _Made, today: date
) -> Decimal:
    """The year that comes, and the one before where there was one; returns by how much that changed a year."""
    due = today + timedelta(days=8 + number * 13 % 340)
    before = due.replace(year=due.year - 1) if (due.month, due.day) != (2, 29) else due - timedelta(days=366)
    made.renewals.append(_renewal(number, place, owner, due, arr, today))
    if before <= since or before >= today:
        return Decimal(0)
    change = {2: -1, 6: 1}.get(number % 8, 0) * _rounded(arr * Decimal("0.06"))
    made.renewals.append(
        Renewal(
            organization=place,
            due_on=before,
            amount=arr - change,
            currency=place.currency,
            owner_id=owner,
            owner_verdict=Verdict.RENEW,
            owner_note="Confirmed in the quarterly review.",
            owner_at=_noon(before - timedelta(days=30)),
            state=RenewalState.RENEWED,
            renewed_amount=arr,
            closed_on=before - timedelta(days=9),
            closing_note="Signed for a year." if change >= 0 else "Signed with fewer seats.",
        )
    )
    if change:
        kind = RevenueKind.EXPANSION if change > 0 else RevenueKind.CONTRACTION
        made.ledger.append(_line(place, before, kind, change, made.renewals[-1]))
    return change


def _renewal(number: int, place: Organization, owner: int | None, due: date, arr: Decimal, today: date) -> Renewal:
    """One that is ahead: within 90 days all but some owners have said what they think."""
    verdict, why, theirs, words = _VERDICTS[number % 6] if due <= today + timedelta(days=90) else ("", "", "", "")
    return Renewal(
        organization=place,
        due_on=due,
        notice_on=due - timedelta(days=60),
        amount=arr,
        currency=place.currency,
        owner_id=owner,
        owner_verdict=verdict,
        owner_note=why,
        owner_at=_noon(today - timedelta(days=5 + number % 9)) if verdict else None,
        partner_verdict=theirs,
        partner_note=words,
        partner_at=_noon(today - timedelta(days=12 + number % 9)) if theirs else None,
    )


def _line(place: Organization, on: date, kind: str, amount: Decimal, source: _Source = None) -> _Line:
    note = source.title if isinstance(source, Opportunity) else ""
    brought = "organization" if source is None else "opportunity" if note else "renewal"
    line = RevenueChange(organization=place, on=on, kind=kind, amount=amount, currency=place.currency, note=note)
    line.source_type, line.recorded_at = brought, _noon(on)
    return line, source


def _lines(made: _Made, crew: Crew) -> Iterator[TimelineEntry]:
    """What the stories of the organizations tell of it."""
    by = crew.actors["csm"]
    for row in made.chances:
        if row.closed_on is not None:
            is_won = row.stage == OpportunityStage.WON
            title = "Opportunity won" if is_won else "Opportunity lost"
            body = " · ".join(text for text in (row.title, f"{row.amount} {row.currency}", row.outcome_note) if text)
            yield timeline.line(
                organization=row.organization, kind="opportunity", title=title, body=body, at=_noon(row.closed_on),
                by=by, data={"stage": row.stage}, field_class="commercial", target=row,
            )  # fmt: skip
    for past in made.renewals:
        if past.closed_on is not None:
            yield timeline.line(
                organization=past.organization, kind="renewal", title="Renewed", at=_noon(past.closed_on), by=by,
                body=past.closing_note, data={"due_on": past.due_on.isoformat(), "state": past.state},
                field_class="commercial", target=past,
            )  # fmt: skip


def _lose(places: Sequence[Organization], crew: Crew, now: datetime) -> None:
    """Two small customers left within the year, and what there is to learn from it is drafted."""
    today = timezone.localdate(now)
    rows = sorted((place for place in places if place.stage == Stage.LIVE), key=lambda place: (place.arr, place.pk))
    for place, (reason, note, ago) in zip(rows, _LOST, strict=False):
        values = {"lost_on": today - timedelta(days=ago), "reason": reason, "note": note, "amount": place.arr}
        by = crew.actors["admin"]
        sent = {**values, "currency": place.currency}
        losses.record(by=by, organization=place, values=sent, source="demo", now=now)
        day = today - timedelta(days=ago)
        renewals = Renewal.objects.filter(organization=place, state=RenewalState.OPEN)
        renewals.update(state=RenewalState.LOST, closed_on=day, closing_note=note)
        chances = Opportunity.objects.filter(organization=place, closed_on__isnull=True)
        chances.update(stage="lost", closed_on=day, closed_at=_noon(day), outcome_note=note, probability=0)


def _rounded(amount: Decimal) -> Decimal:
    """To hundreds, as people state it."""
    return (amount / 100).quantize(Decimal(1)) * 100


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))
