"""What makes every home of the demo world worth a look: grants to answer, values set by hand, gaps, portal people."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, OuterRef, Subquery
from pgtrigger import ignore

from accounts.models import Notification
from accounts.services import saved_views
from common.models import Outbox
from hub.demo.people import Crew, make_portal_user
from hub.demo.plans import Plan
from hub.demo.work import do_work
from partners.choices import EntryAudience, EntryKind
from partners.models import Assignment, Contact, Interaction, Organization, StagePeriod
from partners.services import assignments, classification, contacts, grants, interactions, organizations, timeline
from reports.services import saved as saved_reports
from reports.services import subscriptions

World = dict[int, tuple[Plan, Organization]]
DAY = timedelta(days=1)


def stir(world: World, *, crew: Crew, now: datetime) -> None:
    """Everything below, in the order in which people would meet it."""
    _set_values_by_hand(world, crew, now)
    _ask_for_context(world, crew, now)
    _leave_gaps(world, crew, now)
    _put_away(world, crew, now)
    _open_portal(world, crew, now)
    _save_views(crew, now)
    _save_reports(crew, now)
    do_work(world, crew=crew, now=now)
    _settle(now)


def _in(world: World, stage: str, place: int) -> tuple[Plan, Organization]:
    return next(found for found in world.values() if (found[0].stage, found[0].place) == (stage, place))


def _set_values_by_hand(world: World, crew: Crew, now: datetime) -> None:
    by = crew.actors["admin"]
    for stage, place, dimension, value, reason, days_ago in (
        ("live", 3, "gemstone", "pearl", "Reference customer: the larger onboarding was agreed", 80),
        ("adopt", 6, "engagement_tier", "2", "A TAM was bought beside the contract", 40),
        ("post_launch", 4, "partner_tier", "1", "The plan of the country was restated after the reorganization", 25),
        ("integrate", 9, "gemstone", "sapphire", "Complex integration in spite of its size", 12),
        ("live", 12, "arr_segment", "enterprise", "Group contract, signed by a subsidiary", 6),
    ):
        classification.override(
            by=by,
            organization=_in(world, stage, place)[1],
            dimension=dimension,
            value=value,
            reason=reason,
            now=now - days_ago * DAY,
        )
    ended = _in(world, "live", 3)[1]
    classification.end_override(
        by=by, organization=ended, dimension="gemstone", reason="Onboarding is over", now=now - 20 * DAY
    )


def _ask_for_context(world: World, crew: Crew, now: datetime) -> None:
    """Two wait for an answer, one is open, one was refused, one is over."""
    for who, stage, place, reason, answer, hours_ago in (
        ("tam", "post_launch", 0, "Before the quarterly review: what was promised on uptime?", "", 20),
        ("psm", "gate_3", 0, "The beta depends on what Gate 2 found on single sign-on", "", 3),
        ("tam", "post_launch", 3, "Root cause of the order incident", "given", 50),
        ("psm2", "gate_3", 1, "Curious about the financial bar", "refused", 200),
        ("tam2", "gate_3", 1, "Handover of the technical setup", "ended", 700),
    ):
        organization = _in(world, stage, place)[1]
        asked = now - timedelta(hours=hours_ago)
        grant = grants.ask(by=crew.actors[who], organization=organization, reason=reason, now=asked)
        decider = crew.actors["manager"]
        if answer in ("given", "ended"):
            until = now + 12 * DAY if answer == "given" else asked + 14 * DAY
            grants.give(by=decider, grant=grant, expires_at=until, note="", now=asked + timedelta(hours=5))
        if answer == "refused":
            note = "The summary holds what you need; the figures are not for this role."
            grants.refuse(by=decider, grant=grant, note=note, now=asked + timedelta(hours=6))
    grants.end_expired(now=now)


def _leave_gaps(world: World, crew: Crew, now: datetime) -> None:
    """Some have lost the person who carries them: managers and admins find them on their homes."""
    for stage, place, role in (("live", 30, "csm"), ("adopt", 21, "csm"), ("post_launch", 10, "tam")):
        organization = _in(world, stage, place)[1]
        for row in Assignment.objects.active().filter(organization=organization, role=role):
            assignments.end_assignment(
                by=crew.actors["admin"],
                assignment=row,
                reason="Left the company; successor is sought",
                confirm_last=True,
                now=now - 4 * DAY,
            )


def _put_away(world: World, crew: Crew, now: datetime) -> None:
    by = crew.actors["admin"]
    for stage, place, reason in (
        ("pre_contract", 8, "They signed with a competitor"),
        ("pre_sales", 17, "Budget withdrawn for this year"),
        ("live", 35, "Merged into another customer of ours"),
    ):
        organizations.archive_organization(
            by=by, organization=_in(world, stage, place)[1], reason=reason, now=now - 9 * DAY
        )
    for contact in Contact.objects.filter(organization=_in(world, "post_launch", 0)[1]).order_by("-pk")[:1]:
        contacts.archive_contact(by=by, contact=contact, now=now - 30 * DAY)
    for talk in Interaction.objects.filter(organization=_in(world, "live", 0)[1]).order_by("pk")[:1]:
        interactions.archive_interaction(by=by, interaction=talk, now=now - 2 * DAY)


def _open_portal(world: World, crew: Crew, now: datetime) -> None:
    """`contact` belongs to one organization, `contact2` to two; eight others use the portal as themselves."""
    first, second, third = _in(world, "post_launch", 0), _in(world, "post_launch", 3), _in(world, "live", 0)
    people = (
        ("contact@demo.example", "Miriam Castell", "Head of Partner Operations", (first,)),
        ("contact2@demo.example", "Jörg Achterberg", "Group IT Manager", (second, third)),
    )
    for email, name, job_title, at in people:
        user = make_portal_user(crew=crew, email=email, name=name, timezone=at[0][1].timezone, now=now - 60 * DAY)
        for _plan, organization in at:
            values: dict[str, Any] = {"name": name, "email": email, "job_title": job_title}
            values |= {"role": "operations", "is_ticket_manager": True}
            contact = contacts.add_contact(
                by=crew.actors["admin"], organization=organization, values=values, now=now - 61 * DAY
            )
            contacts.link_portal_user(contact=contact, user=user, now=now - 60 * DAY)
            _share(organization, crew, now)
    for stage, place in [("post_launch", n) for n in (1, 2, 5, 6)] + [("live", n) for n in (1, 2, 4, 5)]:
        organization = _in(world, stage, place)[1]
        contact = Contact.objects.get(organization=organization, is_primary=True)
        user = make_portal_user(
            crew=crew, email=contact.email, name=contact.name, timezone=organization.timezone, now=now - 45 * DAY
        )
        contacts.link_portal_user(contact=contact, user=user, now=now - 45 * DAY)
        _share(organization, crew, now)


def _share(organization: Organization, crew: Crew, now: datetime) -> None:
    """Lines that both sides read."""
    for days_ago, title, body in (
        (58, "Welcome to the portal", "Here you find what we agreed and what is next."),
        (21, "Minutes of our last review", "Two actions on our side, one on yours; all are due this month."),
        (4, "Maintenance on Sunday", "From 02:00 to 04:00 in your time zone orders are queued, not lost."),
    ):
        timeline.push(
            organization=organization,
            kind=EntryKind.PROFILE,
            title=title,
            body=body,
            audience=EntryAudience.SHARED,
            at=now - days_ago * DAY,
            by=crew.actors["psm"],
        )


def _save_views(crew: Crew, now: datetime) -> None:
    for who, name, query, is_shared in (
        ("tam", "My partners by last contact", "owner=me&kind=partner&sort=contact", False),
        ("manager", "Gate 2 for too long", "kind=partner&stage=gate_2&sort=age", True),
        ("csmlead", "Enterprise accounts", "kind=customer&segment=enterprise&sort=-class", True),
    ):
        saved_views.save_view(
            by=crew.actors[who], page="organizations", name=name, query=query, is_shared=is_shared, now=now
        )


def _save_reports(crew: Crew, now: datetime) -> None:
    """What the manager looks at on Mondays, shared with those whom it is about."""
    for who, name, query, sharing in (
        ("manager", "Last quarter, all partners", "period=last-quarter", {"sharing": "everybody"}),
        ("manager", "Strategic partners this month", "period=this-month&segment=strategic", {}),
        ("tam", "My month", "period=this-month&owner=me", {"sharing": "roles", "roles": ["tam"]}),
    ):
        values = {"name": name, "query": query, **sharing}
        saved = saved_reports.save_report(by=crew.actors[who], report="tam", values=values, now=now)
        if sharing:
            subscriptions.subscribe(by=crew.actors[who], saved=saved, values={"hour": 8}, now=now)


def _settle(now: datetime) -> None:
    """The world is as old as it says: rows are dated, old notices read, and nobody of it is sent mail."""
    began = StagePeriod.objects.filter(organization=OuterRef("pk")).order_by().values("organization")
    with ignore("partners.Organization:update_update"):
        Organization.objects.update(created_at=Subquery(began.annotate(first=Min("entered_at")).values("first")))
    Notification.objects.update(mailed_at=F("created_at"))
    Notification.objects.filter(created_at__lt=now - 10 * DAY).update(read_at=F("created_at") + DAY)
    Outbox.objects.filter(done_at__isnull=True).update(done_at=now)
