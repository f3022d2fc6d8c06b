"""How notices and lines of the audit trail open gates, submissions and waivers, in the reader's own scope."""

from django.urls import reverse

from accounts.rules.access import Actor
from common.targets import register_target
from partners.models import GateReview, Submission, Waiver, WaiverRequest


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("gatereview", _review)
    register_target("submission", _submission)
    register_target("waiver", _waiver)
    register_target("waiverrequest", _waiver_request)


def _review(actor: Actor, pk: int) -> str | None:
    found = GateReview.objects.visible_to(actor).filter(pk=pk).values_list("organization__public_id", "stage").first()
    return reverse("partners:gate", args=found) if found else None


def _submission(actor: Actor, pk: int) -> str | None:
    columns = ("organization__public_id", "review__stage", "questionnaire", "number")
    found = Submission.objects.visible_to(actor).filter(pk=pk).values_list(*columns).first()
    return reverse("partners:gate_version", args=found) if found else None


def _waiver(actor: Actor, pk: int) -> str | None:
    found = Waiver.objects.visible_to(actor).filter(pk=pk).values_list("organization__public_id", "stage").first()
    return reverse("partners:gate", args=found) if found else None


def _waiver_request(actor: Actor, pk: int) -> str | None:
    columns = ("organization__public_id", "review__stage")
    found = WaiverRequest.objects.visible_to(actor).filter(pk=pk).values_list(*columns).first()
    return reverse("partners:gate", args=found) if found else None
