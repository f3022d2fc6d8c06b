"""The customer record as people read it: what is known under each key, how old it is, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.rules.access import Actor
from common.scope import Scope, scoped
from partners.choices import LAUNCHED_STAGES
from partners.models import Organization, RecordFact
from partners.record_policy import key_help, key_label
from partners.rules.record import Coverage, Freshness, coverage_of, freshness_of
from partners.rules.record_packs import RecordKey, RecordPolicy
from partners.selectors.gate_state import local_day
from partners.stakeholder_choices import Profile


@dataclass(frozen=True, kw_only=True)
class FactRow:
    """One key with what is known; `value` empty: nothing."""

    fact_id: str
    key: str
    label: str
    help: str
    profile: str
    profile_label: str
    value: str
    source: str
    author: str
    as_of: date | None
    age_days: int | None
    fresh_days: int
    freshness: str
    version: int

    @property
    def is_stale(self) -> bool:
        return self.freshness == Freshness.STALE

    @property
    def is_missing(self) -> bool:
        return self.freshness == Freshness.MISSING


@dataclass(frozen=True, kw_only=True)
class RecordProfile:
    """One half of a record."""

    profile: str
    label: str
    rows: Sequence[FactRow]


@dataclass(frozen=True, kw_only=True)
class Record:
    """Both halves, and how much of them is known and fresh."""

    profiles: Sequence[RecordProfile]
    coverage: Coverage

    @property
    def rows(self) -> list[FactRow]:
        return [row for profile in self.profiles for row in profile.rows]


def record_of(actor: Actor, organization: Organization, policy: RecordPolicy | None, *, now: datetime) -> Record:
    """The record of one organization; what is kept under keys that the policy dropped stays unseen. One statement."""
    facts = RecordFact.objects.all().visible_to(actor).filter(organization_id=organization.pk)
    known = {fact.key: fact for fact in facts.select_related("author")}
    return made_of(organization, policy, known, now=now)


def technical_profile(organization_id: int, policy: RecordPolicy | None, *, now: datetime) -> Sequence[FactRow]:
    """The technical half, whoever asks: the caller has judged that its reader may. Two statements."""
    with scoped(Scope.all()):
        found = Organization.objects.filter(pk=organization_id).first()
        facts = RecordFact.objects.filter(organization_id=organization_id, profile=Profile.TECHNICAL)
        known = {fact.key: fact for fact in facts.select_related("author")}
    if found is None:
        return ()
    record = made_of(found, policy, known, now=now)
    return [row for row in record.rows if row.profile == Profile.TECHNICAL]


def made_of(
    organization: Organization, policy: RecordPolicy | None, known: Mapping[str, Any], *, now: datetime
) -> Record:
    """The same of facts that were read already."""
    today, is_launched = local_day(organization, now), organization.stage in LAUNCHED_STAGES
    keys = policy.of(organization.kind) if policy is not None else ()
    rows = [_row(key, known.get(key.id), today, is_launched=is_launched) for key in keys]
    days = {name: fact.as_of for name, fact in known.items()}
    return Record(
        profiles=[
            RecordProfile(
                profile=profile, label=str(profile.label), rows=[row for row in rows if row.profile == profile]
            )
            for profile in Profile
        ],
        coverage=coverage_of(keys, days, today, is_launched=is_launched),
    )


def _row(key: RecordKey, fact: Any, today: date, *, is_launched: bool) -> FactRow:
    as_of = fact.as_of if fact is not None else None
    return FactRow(
        fact_id=str(fact.public_id) if fact is not None else "",
        key=key.id,
        label=key_label(key),
        help=key_help(key),
        profile=key.profile,
        profile_label=str(Profile(key.profile).label),
        value=fact.value if fact is not None else "",
        source=fact.source if fact is not None else "",
        author=fact.author.name if fact is not None and fact.author is not None else "",
        as_of=as_of,
        age_days=max((today - as_of).days, 0) if as_of is not None else None,
        fresh_days=key.fresh_days,
        freshness=freshness_of(key, as_of, today, is_launched=is_launched),
        version=fact.version if fact is not None else 0,
    )
