"""What the cadence rule has to know of organizations, read by set: the number of statements follows none of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.rules.access import AccessPolicy
from partners.choices import OrganizationKind, Stage
from partners.models import Assignment, InteractionContact, Organization, OrganizationFacts, StagePeriod
from partners.rules.cadence import Contact, Facts, working_days
from partners.work_permissions import policy_in_force
from partners.working_hours import hours_by_country, office_hours

# Half of the longest distance there is (a year), so that a contact that keeps a slot is always among those read.
CONTACTS_BACK = timedelta(days=190)
# With the first of these stages the journey's work begins (policy pack "cadence", anchors).
_WORK = {
    OrganizationKind.PARTNER: (Stage.GATE_1, Stage.GATE_2, Stage.GATE_3),
    OrganizationKind.CUSTOMER: (Stage.KICK_OFF, Stage.INTEGRATE, Stage.ADOPT),
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """An organization as the cadence sees it. `owners`: its primary owner by role; `talks`: interaction by day."""

    organization: Organization
    facts: Facts
    today: date
    owners: Mapping[str, int]
    talks: Mapping[date, int]


def known_of(organizations: Collection[Organization], *, now: datetime) -> list[Known]:
    """What the cadence has to know of each. Nine statements at most."""
    ids = sorted(organization.pk for organization in organizations)
    policy = policy_in_force()
    owners = _owners(ids)
    rows = OrganizationFacts.objects.filter(pk__in=ids).values_list("pk", "arr_segment", "gemstone")
    classes = {pk: (segment, gemstone) for pk, segment, gemstone in rows}
    begun, talks = _onboarding(organizations, ids), _talks(organizations, ids, now)
    hours = hours_by_country({organization.country for organization in organizations}, now)
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
            anchors=_anchors(organization, begun.get(organization.pk)),
            contacts=[contact for contact, _ in contacts],
        )
        found.append(
            Known(
                organization=organization,
                facts=facts,
                today=timezone.localdate(now, ZoneInfo(organization.timezone)),
                owners=held,
                talks={contact.on: talk for contact, talk in contacts},
            )
        )
    return found


def _owners(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Today's primary owners by organization and role, of people who are with us."""
    rows = Assignment.objects.active().filter(organization_id__in=ids, is_primary=True, user__is_active=True)
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, role, user_id in rows.values_list("organization_id", "role", "user_id"):
        found[pk][role] = user_id
    return found


def _open_roles(policy: AccessPolicy, organization: Organization, held: Mapping[str, int]) -> frozenset[str]:
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
