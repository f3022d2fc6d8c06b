"""What organizations of the demo world miss in the product, a beta program, and a campaign with its answers.

Written in bulk: it has happened already, and tells nobody.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from hub.demo.people import Crew
from partners.choices import Stage
from partners.feedback_choices import BetaSeatState, BetaState, FeedbackState
from partners.models import (
    BetaProgram,
    BetaSeat,
    Contact,
    FeedbackItem,
    FeedbackVoice,
    ReleaseNote,
    SurveyCampaign,
    SurveyRequest,
    SurveyResponse,
)
from partners.survey_choices import CampaignState, SurveyChannel, SurveyKind, SurveyState
from partners.survey_policy import CAMPAIGN

_OPEN_FOR = timedelta(days=21)
_STAGES = (Stage.POST_LAUNCH.value, Stage.LIVE.value, Stage.ADOPT.value)
# Title, kind, state, expected, what may be told, how many ask, days since.
_ITEMS: tuple[tuple[str, str, FeedbackState, str, str, int, int], ...] = (
    ("Sign in with a passkey", "feature_request", FeedbackState.BUILDING, "next quarter", "We build it now.", 9, 210),
    ("Roles for each project", "feature_request", FeedbackState.PLANNED, "first half of next year", "", 7, 160),
    ("Export reports to PDF", "feature_request", FeedbackState.RELEASED, "", "Under Reports, Export.", 6, 300),
    ("Search finds nothing in archived projects", "bug", FeedbackState.NEW, "", "", 4, 20),
    ("Webhooks that can be replayed", "feature_request", FeedbackState.NEW, "", "", 5, 55),
    ("A dark theme", "idea", FeedbackState.DECLINED, "", "Not in the next twelve months.", 2, 400),
    ("Audit trail for a data warehouse", "feature_request", FeedbackState.PLANNED, "autumn", "", 3, 90),
    ("Imports read dates in the wrong zone", "bug", FeedbackState.BUILDING, "next release", "We fix it now.", 3, 12),
)
_WORDS = (
    "We lose half a day a month over this.",
    "Our security people ask for it with every audit.",
    "Nice, but nothing that we wait for.",
    "Without it we cannot roll out to the other sites.",
    "",
)
_NEEDS = ("important", "blocking", "nice", "blocking", "important")
_SCORES = (10, 10, 10, 9, 9, 9, 9, 8, 8, 8, 7, 7, 6, 5, 3, 0)
_COMMENTS = {
    10: "People who answer, and who know our setup.",
    9: "Good product. More examples for the API would help.",
    7: "It does what we need.",
    5: "The launch took twice as long as planned.",
    0: "We have waited for project roles since last year.",
}


def speak(*, crew: Crew, now: datetime) -> None:
    """Everything below; the same in every world."""
    rng = Random("what they say")  # noqa: S311
    rows = Contact.objects.filter(archived_at__isnull=True, organization__archived_at__isnull=True).exclude(email="")
    people = list(rows.filter(organization__stage__in=_STAGES).select_related("organization").order_by("pk"))
    firsts = list({one.organization_id: one for one in reversed(people)}.values())[::-1]
    if not firsts:
        return
    items = _ask(firsts, rng, crew, now)
    _try_out(firsts, items[0], now)
    _recommend(people, rng, now)


def _ask(firsts: Sequence[Contact], rng: Random, crew: Crew, now: datetime) -> list[FeedbackItem]:
    manager = crew.users["manager"]
    items = FeedbackItem.objects.bulk_create(
        FeedbackItem(
            title=title,
            kind=kind,
            state=state,
            expected=expected,
            answer=answer,
            created_by=manager,
            released_on=(now - timedelta(days=6)).date() if state is FeedbackState.RELEASED else None,
        )
        for title, kind, state, expected, answer, _count, _age in _ITEMS
    )
    voices = []
    for item, (*_texts, count, age) in zip(items, _ITEMS, strict=True):
        FeedbackItem.objects.filter(pk=item.pk).update(created_at=now - timedelta(days=age))
        for index, contact in enumerate(rng.sample(list(firsts), min(count, len(firsts)))):
            need, words = _NEEDS[index % len(_NEEDS)], _WORDS[index % len(_WORDS)]
            voices.append(
                FeedbackVoice(item=item, organization=contact.organization, contact=contact, need=need, words=words)
            )
    FeedbackVoice.objects.bulk_create(voices)
    released = [voice for voice in voices if voice.item.state == FeedbackState.RELEASED]
    ReleaseNote.objects.bulk_create(_note(voice) for voice in released)
    return items


def _note(voice: FeedbackVoice) -> ReleaseNote:
    name = voice.contact.name if voice.contact is not None else voice.organization.name
    body = f"Hello {name},\n\nyou asked for this, and it is there now: {voice.item.title}\n\n{voice.item.answer}"
    owner = voice.organization.assignments.filter(ended_at__isnull=True).order_by("-is_primary", "pk").first()
    return ReleaseNote(
        organization=voice.organization,
        item=voice.item,
        contact=voice.contact,
        owner_id=owner.user_id if owner is not None else None,
        subject=f"It is there: {voice.item.title}",
        body=body,
    )


def _try_out(firsts: Sequence[Contact], item: FeedbackItem, now: datetime) -> None:
    program = BetaProgram.objects.create(
        title="Passkeys, before all others",
        description="Your administrators sign in with a passkey for six weeks and tell us what is missing.",
        item=item,
        starts_on=(now - timedelta(days=20)).date(),
        ends_on=(now + timedelta(days=22)).date(),
        state=BetaState.OPEN,
    )
    states = (BetaSeatState.JOINED, BetaSeatState.JOINED, BetaSeatState.INVITED, BetaSeatState.DECLINED)
    said = ("Works on all our laptops; the old phones do not.", "No questions left.", "", "No time now.")
    BetaSeat.objects.bulk_create(
        BetaSeat(
            program=program,
            organization=contact.organization,
            contact=contact,
            state=states[index],
            sessions=2 if states[index] == BetaSeatState.JOINED else 0,
            feedback=said[index],
        )
        for index, contact in enumerate(firsts[: len(states)])
    )


def _recommend(people: Sequence[Contact], rng: Random, now: datetime) -> None:
    """A campaign of two months ago: who was asked has mostly answered."""
    sent_at = now - timedelta(days=60)
    asked = list(people)[:80]
    campaign = SurveyCampaign.objects.create(
        name=f"Would you recommend us? {sent_at:%B %Y}",
        stages=list(_STAGES),
        starts_on=sent_at.date(),
        ends_on=(sent_at + timedelta(days=14)).date(),
        state=CampaignState.ENDED,
        asked=len(asked),
        started_at=sent_at,
    )
    requests = SurveyRequest.objects.bulk_create(
        SurveyRequest(
            organization_id=contact.organization_id,
            contact=contact,
            kind=SurveyKind.NPS,
            subject_type=CAMPAIGN,
            subject_id=campaign.pk,
            subject_key=campaign.name[:40],
            occasion=f"campaign:{campaign.pk}:{contact.pk}",
            occurred_at=sent_at,
            due_at=sent_at,
            state=SurveyState.SENT,
            sent_at=sent_at,
            expires_at=sent_at + _OPEN_FOR,
        )
        for contact in asked
    )
    SurveyResponse.objects.bulk_create(
        SurveyResponse(
            organization_id=request.organization_id,
            request=request,
            score=score,
            comment=_COMMENTS.get(score, ""),
            channel=SurveyChannel.MAIL,
            answered_at=sent_at + timedelta(hours=hours),
            changed_at=sent_at + timedelta(hours=hours),
        )
        for request in requests
        if rng.random() < 0.6
        for score, hours in ((rng.choice(_SCORES), rng.randint(1, 200)),)
    )
