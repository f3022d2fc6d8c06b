"""Use cases of asking: a ground to ask is written down, and once it is due the person is asked, or not, with a reason.

Lock order: the request, then the contacts of its person by id. Safe to run twice: an occasion asks once, and what is
due is locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import activity
from common import outbox
from partners.models import Contact, SurveyRefusal, SurveyRequest
from partners.rules.campaigns import Spared, spared
from partners.rules.surveys import Candidate, CsatPolicy, Refusal, refusal
from partners.selectors.campaign_people import asked_here, person_behind
from partners.selectors.survey_people import has_refused, last_asked, rows_of_person
from partners.services.locking import lock_organization
from partners.survey_choices import SurveyKind, SurveyState
from partners.survey_policy import find_policy, subject_of

MAIL = "partners.survey_mail"
BATCH = 200
MOST_TOPICS = 20


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What gives reason to ask somebody: what happened, to whom, and who worked on it."""

    organization_id: int
    contact_id: int
    subject_type: str
    subject_id: int
    subject_key: str
    occasion: str
    occurred_at: datetime
    agent_id: int | None = None
    team_id: int | None = None
    topics: Sequence[str] = ()


@transaction.atomic
def plan(*, ground: Ground, now: datetime) -> SurveyRequest | None:
    """Write down that somebody is to be asked, after the delay of the policy. None: without a policy nobody is.

    The same occasion gives the same request.
    """
    policy = find_policy()
    if policy is None:
        return None
    row, _is_new = SurveyRequest.objects.get_or_create(
        kind=SurveyKind.CSAT,
        occasion=ground.occasion,
        defaults={
            "organization_id": ground.organization_id,
            "contact_id": ground.contact_id,
            "subject_type": ground.subject_type,
            "subject_id": ground.subject_id,
            "subject_key": ground.subject_key,
            "agent_id": ground.agent_id,
            "team_id": ground.team_id,
            "topics": list(dict.fromkeys(ground.topics))[:MOST_TOPICS],
            "occurred_at": ground.occurred_at,
            "due_at": ground.occurred_at + policy.delay,
        },
    )
    return row


@transaction.atomic
def cancel(*, subject_type: str, subject_id: int, at: datetime, now: datetime) -> int:
    """Take back what waits for something that happened before `at`: its ground has gone. How many."""
    waiting = SurveyRequest.objects.filter(
        subject_type=subject_type, subject_id=subject_id, state=SurveyState.WAITING, occurred_at__lte=at
    )
    return waiting.update(state=SurveyState.CANCELLED, updated_at=now)


@transaction.atomic
def send_due(*, now: datetime) -> int:
    """Ask those whose time has come; how many requests were decided. The caller sees all organizations."""
    policy = find_policy()
    if policy is None:
        return 0
    rows = SurveyRequest.objects.select_for_update(skip_locked=True, of=("self",)).due(now)
    due = list(rows.order_by("due_at", "pk")[:BATCH])
    for row in due:
        _decide(row, policy, now)
    return len(due)


def _decide(row: SurveyRequest, policy: CsatPolicy, now: datetime) -> None:
    is_campaign = row.kind == SurveyKind.NPS
    why = _spared(row, policy, now) if is_campaign else refusal(_candidate(row), quiet=policy.quiet, now=now)
    if why is not None:
        row.state, row.reason = SurveyState.SKIPPED, why.value
        row.save(update_fields=["state", "reason", "updated_at"])
        return
    open_for = policy.nps.open_for if is_campaign else policy.open_for
    row.state, row.sent_at, row.expires_at = SurveyState.SENT, now, now + open_for
    row.save(update_fields=["state", "sent_at", "expires_at", "updated_at"])
    outbox.put(topic=MAIL, payload={"request_id": row.pk}, organization_id=row.organization_id, now=now)


def _candidate(row: SurveyRequest) -> Candidate:
    """The person as they are now; locked, so that two requests do not both find that nobody asked them."""
    contact = _locked_person(row)
    return Candidate(
        is_sound=is_sound(row),
        is_there=contact.archived_at is None,
        has_address=bool(contact.email),
        has_opted_out=has_refused(contact),
        asked_at=last_asked(contact, kind=row.kind)[0],
    )


def _locked_person(row: SurveyRequest) -> Contact:
    """The contact of a request, locked with those of the same address: they are asked as one."""
    contact = Contact.objects.get(pk=row.contact_id)
    locked = rows_of_person(contact).select_for_update(no_key=True).order_by("pk")
    return next(one for one in locked if one.pk == contact.pk)


def _spared(row: SurveyRequest, policy: CsatPolicy, now: datetime) -> Spared | Refusal | None:
    """Why somebody whom a campaign has drawn is not asked after all; their organization's limit counts with a lock."""
    if not is_sound(row):
        return Refusal.UNSOUND
    lock_organization(row.organization)
    contact = _locked_person(row)
    here = asked_here(row, policy.nps, now=now)
    return spared(person_behind(row, contact), policy.nps, asked_here=here, now=now)


def is_sound(row: SurveyRequest) -> bool:
    """Whether what it is about is still a ground to ask."""
    subject = subject_of(row.subject_type)
    return subject is not None and subject.is_sound(row.subject_id)


@transaction.atomic
def refuse(*, request: SurveyRequest, now: datetime) -> SurveyRefusal:
    """The contact of a request wants to be asked no more. The caller has made sure that it is they who say so."""
    values: dict[str, Any] = {"organization_id": request.organization_id, "refused_at": now}
    made, is_new = SurveyRefusal.objects.get_or_create(contact_id=request.contact_id, defaults=values)
    if is_new:
        contact = Contact.objects.select_related("organization").get(pk=request.contact_id)
        named = _("Contact of %(name)s") % {"name": contact.organization.name}
        activity.record(verb="survey.refused", target=contact, target_name=named, now=now)
    return made
