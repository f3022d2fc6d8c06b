"""What success plans and training know that a gate may wait for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.enablement_choices import TrainingResult, TrainingState
from partners.gate_checks import Asked, GateCheck, found, register
from partners.models import SuccessPlan, TrainingAttendee
from partners.plan_choices import PlanState
from partners.rules.gates import FactState


def register_own() -> None:
    """Called once, when the app is ready."""
    for name, label, check in (
        ("success_plan_active", gettext_lazy("A success plan is active"), _success_plan_active),
        ("trainings_passed", gettext_lazy("Their people passed the training"), _trainings_passed),
    ):
        register(GateCheck(name=name, label=label, check=check))


def _success_plan_active(asked: Asked) -> FactState:
    rows = SuccessPlan.objects.filter(organization=asked.organization, state=PlanState.ACTIVE)
    title = rows.order_by("-starts_on", "-pk").values_list("title", flat=True).first()
    if title is None:
        return found(False, _("No success plan is active."))
    return found(True, _("Active: %(title)s.") % {"title": title})


def _trainings_passed(asked: Asked) -> FactState:
    """At least one of theirs has passed what was held, and nobody's last word is "not passed"."""
    rows = TrainingAttendee.objects.filter(
        organization=asked.organization, contact__archived_at__isnull=True, contact__isnull=False
    ).filter(training__state=TrainingState.HELD)
    results = dict(rows.order_by("training__held_on", "pk").values_list("contact_id", "result"))
    failed = sum(result == TrainingResult.FAILED for result in results.values())
    passed = sum(result == TrainingResult.PASSED for result in results.values())
    if failed:
        words = ngettext("%(count)s person has not passed.", "%(count)s people have not passed.", failed)
        return found(False, words % {"count": failed})
    if not passed:
        return found(False, _("Nobody has passed a training yet."))
    return found(True, ngettext("%(count)s person passed.", "%(count)s people passed.", passed) % {"count": passed})
