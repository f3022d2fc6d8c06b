"""Snapshots and states of health, written directly from evidence by the rules, as a computation would."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from common.partitions import ensure_partitions
from common.policy_cache import active_policy
from health.models import HealthState, Snapshot
from health.rules import receipts
from health.rules.bands import raw_band
from health.rules.groups import group_stands, groups_json
from health.rules.reasons import overridden, reason_of
from health.rules.scorecard_packs import Scorecard
from health.rules.scoring import Evidence
from partners.models import Organization, OrganizationFacts

TODAY = date(2026, 3, 2)
CARDS = {"partner": "partner_launch", "customer": "customer"}


def card_named(name: str) -> Scorecard:
    """The scorecard in force."""
    found = active_policy(f"scorecard.{name}")
    assert found is not None, name
    assert isinstance(found.policy, Scorecard)
    return found.policy


def usual_card(organization: Organization) -> str:
    return "partner_steady" if organization.stage == "post_launch" else CARDS[organization.kind]


def good_values(card: Scorecard) -> dict[str, Decimal]:
    """Of each measure the raw value with the most points."""
    values = {}
    for measure in card.measures:
        best = measure.curve.points.index(measure.curve.best)
        values[measure.id] = Decimal(measure.curve.raws[best]).scaleb(-6)
    return values


def evidence_of(
    card: Scorecard, values: Mapping[str, Decimal | None], at: datetime, *, stale: Collection[str] = ()
) -> dict[str, Evidence]:
    """Evidence whose raw values are `values`; vetoes read what the measures of their metric do."""
    found: dict[str, Evidence] = {}
    by_metric: dict[str, Evidence] = {}
    for measure in card.measures:
        value = values.get(measure.id)
        if value is None:
            continue
        days = measure.fresh_days + 10 if measure.id in stale else 1
        hundred = Decimal(100)
        one = Evidence(
            metric=measure.metric,
            value=value,
            count=7,
            newest_at=at - timedelta(days=days),
            baseline=hundred if measure.kind == "trend" else None,
            entitled=hundred if measure.kind == "entitlement" else None,
        )
        found[measure.id] = by_metric[measure.metric] = one
    for veto in card.vetoes:
        if veto.metric in by_metric:
            found[veto.id] = by_metric[veto.metric]
    return found


def make_health(
    organization: Organization,
    *,
    day: date = TODAY,
    occasion: str = "daily",
    card: str = "",
    stale: Collection[str] = (),
    without: Collection[str] = (),
    override: str = "",
    **values: Decimal | float | None,
) -> HealthState:
    """One computation: all measures at their best but those in `values`; follows upon the state that is there."""
    name = card or usual_card(organization)
    policy = card_named(name)
    at = datetime.combine(day, time(3), tzinfo=UTC)
    raws: dict[str, Decimal | None] = {**good_values(policy)}
    raws |= {key: None if value is None else Decimal(str(value)) for key, value in values.items()}
    raws = {key: value for key, value in raws.items() if key not in without}
    before = Snapshot.objects.filter(organization=organization, card=name, day__lt=day, occasion="daily").first()
    last = receipts.from_json(before.receipt) if before is not None else None
    receipt = receipts.compute(
        card_key=name,
        card=policy,
        evidence=evidence_of(policy, raws, at, stale=stale),
        at=at,
        day=day,
        previous=last.state if last is not None else None,
        before=last.computed(policy) if last is not None else None,
    )
    band = override or receipt.state.band
    reason = reason_of(name, policy, receipt.scored, receipt.state)
    if override:
        reason = overridden(reason, by="Tom Okafor", why="We know better", until=at + timedelta(days=9))
    ensure_partitions(table="health_snapshot", key="day", start=day, end=day)
    Snapshot.objects.create(
        organization=organization,
        card=name,
        day=day,
        occasion=occasion,
        card_version=policy.version,
        is_main=not policy.is_beside,
        score=receipt.scored.score,
        coverage=receipt.scored.coverage,
        band=band,
        computed_band=receipt.state.band,
        raw_band=raw_band(receipt.scored, policy),
        inputs_hash=receipt.inputs_hash,
        receipt=receipts.to_json(receipt),
        computed_at=at,
    )
    return _state(organization, name, receipt, policy, band, reason, occasion, before)


def _state(
    organization: Organization,
    name: str,
    receipt: receipts.Receipt,
    policy: Scorecard,
    band: str,
    reason: dict[str, object],
    occasion: str,
    before: Snapshot | None,
) -> HealthState:
    known = HealthState.objects.filter(organization=organization, card=name).first()
    is_same = known is not None and known.band == band
    fields = {
        "is_main": not policy.is_beside,
        "card_version": policy.version,
        "score": receipt.scored.score,
        "coverage": receipt.scored.coverage,
        "band": band,
        "computed_band": receipt.state.band,
        "band_since": known.band_since if known is not None and is_same else receipt.day,
        "moved": receipt.change.total,
        "reason": reason,
        "groups": groups_json(group_stands(policy, receipt.scored)),
        "inputs_hash": receipt.inputs_hash,
        "day": receipt.day,
        "occasion": occasion,
        "computed_at": receipt.at,
        "daily": receipt.state.to_json(),
        "daily_on": receipt.day,
    }
    if not policy.is_beside:
        HealthState.objects.filter(organization=organization, is_main=True).exclude(card=name).delete()
        OrganizationFacts.objects.filter(organization=organization).update(
            health_band=band,
            health_score=fields["score"],
            health_coverage=fields["coverage"],
            health_moved=fields["moved"],
            health_reason=reason,
            health_changed_on=fields["band_since"],
            health_at=receipt.at,
        )
    state, _is_new = HealthState.objects.update_or_create(organization=organization, card=name, defaults=fields)
    return state
