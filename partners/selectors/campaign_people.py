"""Whom a campaign may ask, with what decides on each: for its preview and for its start alike."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Lower

from partners.models import Contact, Loss, SurveyCampaign, SurveyRequest
from partners.rules.campaigns import Lot, Person, draw
from partners.rules.surveys import NpsPolicy
from partners.selectors.survey_people import asked_by_address, has_refused, last_asked, refused_addresses
from partners.survey_choices import SurveyState
from partners.survey_policy import in_trouble


def seed_of(campaign: SurveyCampaign) -> str:
    """What the lot of a campaign is drawn with: its own, so that the next one draws others."""
    return campaign.public_id.hex


def lot_of(campaign: SurveyCampaign, policy: NpsPolicy, *, now: datetime) -> Lot:
    """Who would be asked now, and who is spared and why: five statements. The caller sees all organizations."""
    people = _people(campaign, policy, now)
    sent = SurveyRequest.objects.filter(
        kind=campaign.kind, state=SurveyState.SENT, sent_at__gt=now - policy.organization_span
    )
    counts = dict(sent.order_by().values_list("organization_id").annotate(count=Count("pk")))
    return draw(people, policy, seed=seed_of(campaign), share=campaign.share, asked_in_quarter=counts, now=now)


def _people(campaign: SurveyCampaign, policy: NpsPolicy, now: datetime) -> list[Person]:
    wanted = Q(archived_at__isnull=True, organization__archived_at__isnull=True)
    if campaign.stages:
        wanted &= Q(organization__stage__in=campaign.stages)
    if campaign.contact_roles:
        wanted &= Q(role__in=campaign.contact_roles)
    lost = Exists(Loss.objects.filter(organization_id=OuterRef("organization_id"), state="open"))
    rows = Contact.objects.filter(wanted).exclude(lost).annotate(address=Lower("email"))
    values = list(rows.values_list("pk", "organization_id", "address").order_by("pk"))
    troubled = in_trouble({row[1] for row in values})
    asked = asked_by_address(kind=campaign.kind, since=now - max(policy.again_after, policy.quiet))
    refused = refused_addresses()
    return [
        Person(
            contact_id=pk,
            organization_id=organization_id,
            address=address,
            has_address=bool(address),
            has_opted_out=address in refused,
            is_in_trouble=organization_id in troubled,
            asked_at=asked.get(address, (None, None))[0],
            asked_same_at=asked.get(address, (None, None))[1],
        )
        for pk, organization_id, address in values
    ]


def person_behind(row: SurveyRequest, contact: Contact) -> Person:
    """The person of a request as they are now, for the moment at which they are asked."""
    last, same = last_asked(contact, kind=row.kind)
    return Person(
        contact_id=contact.pk,
        organization_id=row.organization_id,
        is_there=contact.archived_at is None,
        has_address=bool(contact.email),
        has_opted_out=has_refused(contact),
        is_in_trouble=row.organization_id in in_trouble({row.organization_id}),
        asked_at=last,
        asked_same_at=same,
    )


def asked_here(row: SurveyRequest, policy: NpsPolicy, *, now: datetime) -> int:
    """How many of the organization were asked the same lately."""
    sent = SurveyRequest.objects.filter(organization_id=row.organization_id, kind=row.kind, state=SurveyState.SENT)
    return sent.filter(sent_at__gt=now - policy.organization_span).count()
