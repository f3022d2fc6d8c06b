"""What the cadence rule has to know of organizations, read by set: the number of statements follows none of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from accounts.rules.access import AccessPolicy
from accounts.selectors.rotas import absences_of
from partners.choices import OrganizationKind, Stage
from partners.models import (
    Assignment,
    CadenceAgreement,
    InteractionContact,
    Organization,
    OrganizationFacts,
    StagePeriod,
)
from partners.rules.cadence import MAX_SHIFT_DAYS, Agreement, Contact, Facts, WorkingDays, working_days
from partners.selectors.agreements import as_rule_sees_it
from partners.work_permissions import policy_in_force
from partners.working_hours import hours_by_country, hours_of_calendars, office_hours

# Half of the longest distance there is (a year), so that a contact that keeps a slot is always among those read.
CONTACTS_BACK = timedelta(days=190)
# With the first of these stages the journey's work begins (policy pack "cadence", anchors).
_WORK = {
    OrganizationKind.PARTNER: (Stage.GATE_1, Stage.GATE_2, Stage.GATE_3),
    OrganizationKind.CUSTOMER: (Stage.KICK_OFF, Stage.INTEGRATE, Stage.ADOPT),
}


@dataclass(frozen=True, kw_only=True)
class _Holder:
    """Somebody who owns organizations: their calendar, if they have one, and their zone."""

    id: int
    calendar_id: int | None
    zone: str


@dataclass(frozen=True, kw_only=True)
class Known:
    """An organization as the cadence sees it. `owners`: its primary owner by role; `talks`: interaction by day."""

    organization: Organization
    facts: Facts
    today: date
    owners: Mapping[str, int]
    talks: Mapping[date, int]


def known_of(organizations: Collection[Organization], *, now: datetime) -> list[Known]:
    """What the cadence has to know of each. Twelve statements at most."""
    ids = sorted(organization.pk for organization in organizations)
    policy = policy_in_force()
    owners = _owners(ids)
    rows = OrganizationFacts.objects.filter(pk__in=ids).values_list("pk", "arr_segment", "gemstone")
    classes = {pk: (segment, gemstone) for pk, segment, gemstone in rows}
    begun, talks = _onboarding(organizations, ids), _talks(organizations, ids, now)
    hours = hours_by_country({organization.country for organization in organizations}, now)
    agreed = agreements_of(ids, since=now.date() - timedelta(days=MAX_SHIFT_DAYS + 1))
    there = _days_of_holders({one.id: one for held in owners.values() for one in held.values()}.values(), now)
    found = []
    for organization in organizations:
        segment, gemstone = classes.get(organization.pk, ("", ""))
        held = owners.get(organization.pk, {})
        contacts = talks.get(organization.pk, [])
        facts = Facts(
            kind=organization.kind,
            stage=organization.stage,
            is_working_day=working_days(hours.get(organization.country) or office_hours(organization.timezone)),
            arr_segment=segment,
            gemstone=gemstone,
            owner_roles=_open_roles(policy, organization, held),
            holder_days={role: there[one.id] for role, one in held.items()},
            anchors=_anchors(organization, begun.get(organization.pk)),
            agreements=agreed.get(organization.pk, ()),
            contacts=[contact for contact, _ in contacts],
        )
        found.append(
            Known(
                organization=organization,
                facts=facts,
                today=timezone.localdate(now, ZoneInfo(organization.timezone)),
                owners={role: one.id for role, one in held.items()},
                talks={contact.on: talk for contact, talk in contacts},
            )
        )
    return found


def agreements_of(ids: Collection[int], *, since: date) -> dict[int, list[Agreement]]:
    """What was agreed with each and not ended, without what was over before `since`. One statement."""
    rows = CadenceAgreement.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=since), organization_id__in=ids, ended_at__isnull=True
    )
    found: dict[int, list[Agreement]] = defaultdict(list)
    for row in rows.order_by("starts_on", "pk"):
        found[row.organization_id].append(as_rule_sees_it(row))
    return found


def _owners(ids: Sequence[int]) -> dict[int, dict[str, _Holder]]:
    """Today's primary owners by organization and role, of people who are with us."""
    rows = Assignment.objects.active().filter(organization_id__in=ids, is_primary=True, user__is_active=True)
    found: dict[int, dict[str, _Holder]] = defaultdict(dict)
    for pk, role, user_id, calendar_id, zone in rows.values_list(
        "organization_id", "role", "user_id", "user__calendar_id", "user__timezone"
    ):
        found[pk][role] = _Holder(id=user_id, calendar_id=calendar_id, zone=zone)
    return found


def _days_of_holders(holders: Collection[_Holder], now: datetime) -> dict[int, WorkingDays]:
    """The days on which each is there, by their own calendar and without their absences. Two statements."""
    away = absences_of([one.id for one in holders], now.date() - timedelta(days=1))
    hours = hours_of_calendars({one.calendar_id for one in holders if one.calendar_id is not None}, now)
    return {
        one.id: working_days(hours.get(one.calendar_id or 0) or office_hours(one.zone), away.get(one.id, ()))
        for one in holders
    }


def _open_roles(policy: AccessPolicy, organization: Organization, held: Collection[str]) -> frozenset[str]:
    """The roles in which an owner sees it now: nobody is asked to meet somebody who is closed to them."""
    return frozenset(role for role in held if organization.stage in policy.stages(role, organization.kind))


def _anchors(organization: Organization, begun_on: date | None) -> dict[str, date]:
    known = {"launch": organization.launched_on, "onboarding": begun_on}
    return {name: day for name, day in known.items() if day is not None}


def _onboarding(organizations: Collection[Organization], ids: Sequence[int]) -> dict[int, date]:
    """The local day on which the work of each began: its first stay in a working stage."""
    by_id = {organization.pk: organization for organization in organizations}
    rows = StagePeriod.objects.filter(organization_id__in=ids).order_by("entered_at")
    found: dict[int, date] = {}
    for pk, stage, entered_at in rows.values_list("organization_id", "stage", "entered_at"):
        known = by_id[pk]
        if pk not in found and stage in _WORK[OrganizationKind(known.kind)]:
            found[pk] = timezone.localdate(entered_at, ZoneInfo(known.timezone))
    return found


def _talks(
    organizations: Collection[Organization], ids: Sequence[int], now: datetime
) -> dict[int, list[tuple[Contact, int]]]:
    """Two-way interactions with contacts, as the rule takes them, each with the interaction's id, oldest first."""
    by_id = {organization.pk: organization for organization in organizations}
    rows = InteractionContact.objects.filter(
        organization_id__in=ids,
        interaction__is_two_way=True,
        interaction__archived_at__isnull=True,
        interaction__happened_at__gte=now - CONTACTS_BACK,
        interaction__happened_at__lte=now,
    ).order_by("interaction__happened_at", "interaction_id")
    talks: dict[int, dict[int, tuple[date, set[str], bool]]] = defaultdict(dict)
    for pk, talk, at, role, is_primary in rows.values_list(
        "organization_id", "interaction_id", "interaction__happened_at", "contact__role", "contact__is_primary"
    ):
        on = timezone.localdate(at, ZoneInfo(by_id[pk].timezone))
        _day, roles, is_named = talks[pk].get(talk, (on, set(), False))
        talks[pk][talk] = (on, roles | {role}, is_named or is_primary)
    return {
        pk: [
            # The primary contact is the one whom an owner has named.
            (Contact(on=on, roles=frozenset(roles), is_named=is_named), talk)
            for talk, (on, roles, is_named) in found.items()
        ]
        for pk, found in talks.items()
    }
