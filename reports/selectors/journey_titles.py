"""What rows of the journey are about, in words, with the way there: gates, waivers, owners, integrations, handoffs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.labels import role_short_label, stage_label
from accounts.rules.access import Actor
from partners.choices import OrganizationKind
from partners.enablement_choices import IntegrationStage
from partners.handoff_policy import labels
from partners.journey_policy import journey_in_force
from partners.models import (
    Assignment,
    GateReview,
    Handoff,
    HandoffReturn,
    IntegrationStep,
    Submission,
    TechnicalIntegration,
    Waiver,
)
from partners.rules.journeys import JourneyStage
from partners.selectors.gate_history import target_in_words
from partners.work_choices import ReviewOutcome, SubmissionOutcome
from reports.selectors.gate_sources import PLACES

Titles = Mapping[int, tuple[str, str]]


def stages_in_force() -> dict[str, JourneyStage]:
    """The stages of the journey of partners, by which sections and criteria are named. One statement."""
    journey = journey_in_force(OrganizationKind.PARTNER)
    return {stage.id: stage for stage in journey.stages} if journey else {}


def reviews(actor: Actor, ids: Iterable[int]) -> Titles:
    """The gate, and how it was left."""
    rows = GateReview.objects.all().visible_to(actor).filter(pk__in=ids).select_related("organization")
    return {row.pk: (_outcome(row.stage, row.outcome, ReviewOutcome), _gate(row, row.stage)) for row in rows}


def submissions(actor: Actor, ids: Iterable[int]) -> Titles:
    """The gate and the version, and how it came out."""
    rows = Submission.objects.all().visible_to(actor).filter(pk__in=ids).select_related("organization", "review")
    return {
        row.pk: (
            _("%(gate)s, version %(number)s")
            % {"gate": _outcome(row.review.stage, row.outcome, SubmissionOutcome), "number": row.number},
            _gate(row, row.review.stage),
        )
        for row in rows
    }


def criteria(actor: Actor, ids: Iterable[int]) -> Titles:
    """The section that failed, as the journey calls it."""
    wanted = {pk: divmod(pk, PLACES) for pk in ids}
    found = Submission.objects.all().visible_to(actor).filter(pk__in={pk for pk, _place in wanted.values()})
    rows = found.select_related("organization", "review").in_bulk()
    stages = stages_in_force()
    titles = {}
    for pk, (submission, place) in wanted.items():
        if row := rows.get(submission):
            stage, section = row.review.stage, row.result["sections"][place - 1]["section"]
            titles[pk] = (criterion_in_words(stages, stage, f"section:{section}"), _gate(row, stage))
    return titles


def criterion_in_words(stages: Mapping[str, JourneyStage], stage: str, target: str) -> str:
    """A section or a criterion with its gate."""
    return f"{stage_label(stage)}: {target_in_words(stages.get(stage), target)}"


def waivers(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = Waiver.objects.all().visible_to(actor).filter(pk__in=ids).select_related("organization")
    stages = stages_in_force()
    return {row.pk: (criterion_in_words(stages, row.stage, row.criterion), _gate(row, row.stage)) for row in rows}


def assignments(actor: Actor, ids: Iterable[int]) -> Titles:
    """Who carries it."""
    rows = Assignment.objects.all().visible_to(actor).filter(pk__in=ids).select_related("organization", "user")
    return {
        row.pk: (
            f"{row.user.name}, {role_short_label(row.role)}",
            reverse("partners:organization", args=[row.organization.public_id]),
        )
        for row in rows
    }


def integrations(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = TechnicalIntegration.objects.all().visible_to(actor).filter(pk__in=ids).select_related("organization")
    return {row.pk: (row.name, _integrations(row)) for row in rows}


def integration_steps(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = IntegrationStep.objects.all().visible_to(actor).filter(pk__in=ids)
    return {
        row.pk: (f"{row.integration.name}, {IntegrationStage(row.stage).label}", _integrations(row))
        for row in rows.select_related("organization", "integration")
    }


def handoffs(actor: Actor, ids: Iterable[int]) -> Titles:
    """Even numbers are handoffs, odd ones their returns."""
    wanted = {pk: divmod(pk, 2) for pk in ids}
    returned = HandoffReturn.objects.all().visible_to(actor).filter(pk__in={pk for pk, odd in wanted.values() if odd})
    of_return = dict(returned.values_list("pk", "handoff_id"))
    handoff_of = {pk: of_return.get(half) if odd else half for pk, (half, odd) in wanted.items()}
    found = Handoff.objects.all().visible_to(actor).filter(pk__in={pk for pk in handoff_of.values() if pk})
    rows = {row.pk: row for row in found.select_related("organization", "receiver")}
    kinds = labels(rows.values())
    titles = {}
    for pk, handoff in handoff_of.items():
        if row := rows.get(handoff or 0):
            said = {"kind": kinds.get(row.kind, row.kind), "receiver": row.receiver.name}
            text = _("%(kind)s, returned by %(receiver)s") if wanted[pk][1] else _("%(kind)s, accepted by %(receiver)s")
            titles[pk] = (text % said, reverse("partners:handoff", args=[row.organization.public_id, row.public_id]))
    return titles


def _outcome(stage: str, outcome: str, outcomes: Any) -> str:
    label = outcomes(outcome).label if outcome else _("Open")
    return f"{stage_label(stage)}: {label}"


def _gate(row: Any, stage: str) -> str:
    return reverse("partners:gate", args=[row.organization.public_id, stage])


def _integrations(row: Any) -> str:
    return reverse("partners:organization_integrations", args=[row.organization.public_id])
