"""Enablement in the demo world: who learned what, what was advised, what is integrated, what was delivered, and wins.

Written in bulk: it has happened already, and tells nobody.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from partners.choices import LAUNCHED_STAGES, Stage
from partners.enablement_choices import IntegrationStage
from partners.enablement_policy import practices_in_force, services_of
from partners.models import (
    Assignment,
    Contact,
    IntegrationStep,
    Organization,
    Recommendation,
    ReferenceRequest,
    ServiceDelivery,
    TechnicalIntegration,
    Training,
    TrainingAttendee,
    Win,
)
from partners.rules.practices import PracticePolicy

_BATCH = 500
_DAY = timedelta(days=1)
_BUSY = (*LAUNCHED_STAGES, Stage.GATE_3, Stage.INTEGRATE)
_TOPICS = (
    ("Administration in a day", "Two people left; nobody knows how rights are given.", 240),
    ("Webhooks and retries", "Their team polls every minute.", 90),
    ("Reports for the board", "The champion builds them by hand each month.", 60),
    ("First line of support", "Half of the tickets could be answered on their side.", 120),
)
_EFFECTS = ("Fewer tickets of this kind since.", "The night shift is not woken any more.", "Saves them a day a month.")
_ADVICE = (
    ("Batch the calls at month-end", "They run into the limit on the last two days of each month."),
    ("Archive closed orders", "Searching takes twice as long as it needs to."),
    ("Give each team its own view", "Everybody scrolls past the orders of others."),
)
_SYSTEMS = (
    ("Single sign-on", "Sign in with the accounts of their directory."),
    ("Billing", "Invoices go to their ERP by night."),
    ("Order status", "Their shop shows where an order is."),
    ("Data warehouse", "Figures of the day before, each morning."),
)
_WINS = (
    ("Live in half of the planned time", "Two teams, one room, and a decision each day."),
    ("Month-end in one day instead of three", "Said by their controller in the last review."),
    ("No outage through the busy season", "Four times the usual load, and nobody called."),
)
_LISTENERS = ("A bank that decides in autumn, for a call", "An energy group, for a visit", "Our conference, for a talk")


def help_on(*, now: datetime) -> None:
    """Everything below; the same in every world."""
    rng, today = Random("what helps them on"), now.date()  # noqa: S311
    rows = Organization.objects.filter(archived_at__isnull=True, stage__in=_BUSY).select_related("facts")
    organizations = list(rows.order_by("pk"))
    held = Assignment.objects.filter(ended_at__isnull=True, role__in=("tam", "csm", "integration"))
    owners = dict(held.order_by("role", "pk").values_list("organization_id", "user_id"))
    people: dict[int, list[Contact]] = defaultdict(list)
    for contact in Contact.objects.filter(archived_at__isnull=True).order_by("pk"):
        people[contact.organization_id].append(contact)
    _train(organizations, people, owners, rng, today)
    _advise(organizations, owners, rng, today)
    integrating = Organization.objects.filter(archived_at__isnull=True, stage=Stage.GATE_2).order_by("pk")
    _integrate([*organizations, *integrating], owners, rng, today)
    _deliver(organizations, owners, rng, now)
    _win(organizations, people, owners, rng, today)


def _train(
    organizations: Sequence[Organization],
    people: dict[int, list[Contact]],
    owners: dict[int, int],
    rng: Random,
    today: date,
) -> None:
    trainings, attendees = [], []
    for number, organization in enumerate(organizations):
        for place in range(rng.randrange(3)):
            title, need, minutes = _TOPICS[(number + place) % len(_TOPICS)]
            is_held = place == 0 or rng.random() < 0.4
            day = today - rng.randrange(5, 200) * _DAY if is_held else today + rng.randrange(3, 40) * _DAY
            training = Training(
                organization=organization,
                title=title,
                need=need,
                held_on=day,
                minutes=minutes,
                trainer_id=owners.get(organization.pk),
                state="held" if is_held else "planned",
                outcome_note="Good questions; a second part is wanted." if is_held and number % 3 == 0 else "",
            )
            trainings.append(training)
            for contact in people[organization.pk][:4]:
                result = rng.choice(("passed", "passed", "attended", "failed", "absent")) if is_held else "expected"
                attendees.append(
                    TrainingAttendee(organization=organization, training=training, contact=contact, result=result)
                )
    Training.objects.bulk_create(trainings, batch_size=_BATCH)
    TrainingAttendee.objects.bulk_create(attendees, batch_size=_BATCH)


def _advise(organizations: Sequence[Organization], owners: dict[int, int], rng: Random, today: date) -> None:
    policy, made = practices_in_force(), []
    for number, organization in enumerate(organizations):
        owner = owners.get(organization.pk)
        for kind, practice, title, why in _to_advise(policy, organization, number, rng):
            state = rng.choice(("proposed", "agreed", "done", "done", "declined"))
            day = today - rng.randrange(20, 300) * _DAY
            made.append(
                Recommendation(
                    organization=organization,
                    kind=kind,
                    practice=practice,
                    title=title,
                    why=why,
                    owner_id=owner,
                    state=state,
                    proposed_on=day,
                    due_on=today + rng.randrange(-10, 60) * _DAY if state == "agreed" else None,
                    closed_on=day + 19 * _DAY if state in ("done", "declined") else None,
                    effect=rng.choice(_EFFECTS) if state == "done" else ("Not this year." * (state == "declined")),
                )
            )
    Recommendation.objects.bulk_create(made, batch_size=_BATCH)


def _to_advise(
    policy: PracticePolicy | None, organization: Organization, number: int, rng: Random
) -> Iterator[tuple[str, str, str, str]]:
    """Kind, practice, title and why."""
    for practice in policy.fitting(organization.kind, organization.stage) if policy else ():
        if rng.random() < 0.45:
            yield "best_practice", practice.id, practice.label["en"], practice.why["en"]
    if number % 2:
        yield "optimization", "", *_ADVICE[number // 2 % len(_ADVICE)]


def _integrate(organizations: Sequence[Organization], owners: dict[int, int], rng: Random, today: date) -> None:
    integrations, steps = [], []
    for number, organization in enumerate(organizations):
        for place in range(rng.randrange(3)):
            name, purpose = _SYSTEMS[(number + place) % len(_SYSTEMS)]
            is_live = rng.random() < 0.5
            begun = today - (rng.randrange(110, 260) if is_live else rng.randrange(20, 100)) * _DAY
            integration = TechnicalIntegration(
                organization=organization,
                name=name,
                purpose=purpose,
                owner_id=owners.get(organization.pk),
                state="live" if is_live else "open",
                calls_per_day=rng.randrange(2, 90) * 100 if is_live else None,
                is_documented=rng.random() < 0.6,
            )
            integrations.append(integration)
            for step, stage in enumerate(IntegrationStage):
                planned = begun + (step + 1) * 18 * _DAY
                done = planned + rng.choice((-3, 0, 0, 0, 0, 0, 0, 0, 0, 6)) * _DAY
                is_done = done <= today and (is_live or step < 4)
                steps.append(
                    IntegrationStep(
                        organization=organization,
                        integration=integration,
                        stage=stage,
                        first_planned_on=planned,
                        planned_on=max(planned, done) if is_done else planned,
                        done_on=done if is_done else None,
                    )
                )
    TechnicalIntegration.objects.bulk_create(integrations, batch_size=_BATCH)
    IntegrationStep.objects.bulk_create(steps, batch_size=_BATCH)


def _deliver(organizations: Sequence[Organization], owners: dict[int, int], rng: Random, now: datetime) -> None:
    promised = {gemstone: services_of(gemstone) for gemstone in {one.facts.gemstone for one in organizations}}
    made = [
        ServiceDelivery(
            organization=organization,
            service=service.id,
            delivered_on=now.date() - rng.randrange(10, 90) * _DAY,
            days=Decimal(rng.randrange(1, (service.days_max or service.days_min or 1) + 1)),
            recorded_by_id=owners.get(organization.pk),
            recorded_at=now - 5 * _DAY,
        )
        for organization in organizations
        for service in promised[organization.facts.gemstone]
        if (service.days_min or service.days_max) and rng.random() < 0.8
    ]
    ServiceDelivery.objects.bulk_create(made, batch_size=_BATCH)


def _win(
    organizations: Sequence[Organization],
    people: dict[int, list[Contact]],
    owners: dict[int, int],
    rng: Random,
    today: date,
) -> None:
    wins: list[Win] = []
    requests: list[ReferenceRequest] = []
    for number, organization in enumerate(organizations):
        if organization.stage not in LAUNCHED_STAGES or not people[organization.pk] or number % 2:
            continue
        title, story = _WINS[number // 2 % len(_WINS)]
        told: dict[str, Any] = {}
        if number % 4 == 0:
            told = {"consent": "given", "contact": people[organization.pk][0], "is_reference": number % 8 == 0}
            told |= {"audience": "customers", "consent_until": today + (rng.randrange(-20, 400)) * _DAY}
        owner = owners.get(organization.pk)
        win = Win(
            organization=organization,
            title=title,
            story=story,
            achieved_on=today - rng.randrange(10, 300) * _DAY,
            added_by_id=owner,
            **told,
        )
        wins.append(win)
        if told.get("is_reference") and number % 16 == 0:
            asked: dict[str, Any] = {"asked_by_id": owner, "asked_on": today - rng.randrange(5, 150) * _DAY}
            words = _LISTENERS[number // 16 % len(_LISTENERS)]
            requests.append(ReferenceRequest(organization=organization, win=win, wanted_for=words, **asked))
    Win.objects.bulk_create(wins, batch_size=_BATCH)
    ReferenceRequest.objects.bulk_create(requests, batch_size=_BATCH)
