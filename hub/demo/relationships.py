"""What is thought of the people of the demo world, and what is known of its organizations.

Written in bulk: it has happened already, and tells nobody.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from partners.choices import LAUNCHED_STAGES, ContactRole
from partners.models import Assignment, Organization, RecordFact, Stakeholder
from partners.record_policy import policy_in_force
from partners.rules.record_packs import RecordPolicy
from partners.services import stakeholder_facts

_BATCH = 500
# One in so many organizations has lost its sponsor, and as many hang on one person's good will.
_LOST, _ONE_FRIEND = 17, 11
_INFLUENCE = {
    ContactRole.EXECUTIVE: ("decides", "decides", "high"),
    ContactRole.CHAMPION: ("high", "medium"),
    ContactRole.TECHNICAL: ("medium", "medium", "low"),
    ContactRole.OPERATIONS: ("medium", "low"),
    ContactRole.BILLING: ("low",),
}
_SENTIMENT = ("promoter", "positive", "positive", "neutral", "neutral", "critical")
_CARES = (
    "Is measured by the days from contract to launch.",
    "Wants one page for the board each quarter, and no surprises in it.",
    "Cares about audits: who changed what, and who approved it.",
    "Fears another migration at night.",
    "Wants the own team to run it without us by summer.",
)
_KNOWN: dict[str, tuple[str, ...]] = {
    "why_they_bought": (
        "Two tools did half of it each, and nobody trusted the figures of either.",
        "Their auditors asked for a trail that spreadsheets could not give.",
        "They grow by acquisition and want one way to bring new sites in.",
    ),
    "compelling_features": (
        "Reports that the board reads as they are.",
        "Sign-in through their own directory.",
        "The API: half of their work starts in other systems.",
    ),
    "objectives": (
        "Three more sites live by the end of the year.",
        "Halve the hours that month-end takes.",
        "Every team trained before the busy season.",
    ),
    "champion": ("Runs the program and reports to the board on it each quarter.", "Wrote the business case."),
    "structure": ("Central IT decides, the sites pay.", "Holding with four companies; each has its own budget."),
    "feedback": ("Like the pace, miss an export of drafts.", "Praise support; find releases hard to follow."),
    "architecture": ("Two regions, three nodes each, their own load balancer in front.", "Hosted by us, one tenant."),
    "sizing": ("8 cores and 32 GB a node, 2 TB of storage, sized for 400 users.", "Default size of the edition."),
    "scale": ("350 users, 40 requests a second at month-end; twice that in a year.", "120 users, steady."),
    "security": ("Single sign-on with SAML, keys in their own vault, access by VPN only.", "Single sign-on, no VPN."),
    "compliance": ("ISO 27001; data stays in the country.", "Audited yearly; exports are kept for ten years."),
    "integrations": ("ERP nightly by file, CRM by API, kept by a partner of theirs.", "CRM by API."),
}
_SOURCES = ("Kickoff", "Sales handoff", "Business review", "Call with the champion", "Their own documents")


def know_people(*, now: datetime) -> None:
    """Everything below; the same in every world."""
    organizations = list(Organization.objects.filter(archived_at__isnull=True).order_by("pk"))
    stakeholder_facts.refresh([one.pk for one in organizations], now=now)
    rng = Random("what is thought of them")  # noqa: S311
    people: dict[int, list[Any]] = defaultdict(list)
    rows = Stakeholder.objects.filter(contact__archived_at__isnull=True).select_related("contact")
    for row in rows.order_by("organization_id", "contact_id"):
        people[row.organization_id].append(row)
    for number, organization in enumerate(organizations):
        _assess(number, people[organization.pk], rng, now)
    fields = ["influence", "sentiment", "is_sponsor", "reports_to", "cares_about", "left_on"]
    Stakeholder.objects.bulk_update((row for rows in people.values() for row in rows), fields, batch_size=_BATCH)
    policy = policy_in_force()
    if policy is not None:
        facts = (fact for one in _facts(organizations, policy, rng, now) for fact in one)
        RecordFact.objects.bulk_create(facts, batch_size=_BATCH)


def _assess(number: int, rows: Sequence[Any], rng: Random, now: datetime) -> None:
    """The first executive sponsors and is reported to; here and there the sponsor is gone, or has one friend only."""
    top = next((row for row in rows if row.contact.role == ContactRole.EXECUTIVE), None)
    for row in rows:
        row.influence = rng.choice(_INFLUENCE.get(row.contact.role, ("low",)))
        row.sentiment = rng.choice(_SENTIMENT)
        if number % _ONE_FRIEND == 3 and row is not rows[0]:
            row.sentiment = "critical"
        row.reports_to = top if row is not top else None
        row.cares_about = rng.choice(_CARES) if rng.random() < 0.4 else ""
    sponsor = top or (rows[0] if rows else None)
    if sponsor is not None:
        sponsor.is_sponsor = True
        if number % _LOST == 5:
            sponsor.left_on = (now - timedelta(days=9 + number % 12)).date()


def _facts(
    organizations: Sequence[Organization], policy: RecordPolicy, rng: Random, now: datetime
) -> Iterator[Iterator[RecordFact]]:
    held = Assignment.objects.filter(ended_at__isnull=True, role__in=("tam", "csm", "pam")).order_by("role", "pk")
    authors = dict(held.values_list("organization_id", "user_id"))
    for organization in organizations:
        is_launched = organization.stage in LAUNCHED_STAGES
        share = 0.9 if is_launched else 0.5
        keys = [key for key in policy.of(organization.kind) if is_launched or key.due == "closed_won"]
        yield (
            RecordFact(
                organization=organization,
                profile=key.profile,
                key=key.id,
                value=rng.choice(_KNOWN[key.id]),
                source=rng.choice(_SOURCES),
                as_of=(now - timedelta(days=rng.randrange(3, 420))).date(),
                author_id=authors.get(organization.pk),
            )
            for key in keys
            if key.id in _KNOWN and rng.random() < share
        )
