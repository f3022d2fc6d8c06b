"""What success plans and training know that a gate may wait for.

Both take `except_gemstones`: an onboarding that is automated brings neither.
"""

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.addresses import address
from partners.choices import Gemstone
from partners.enablement_choices import TrainingResult, TrainingState
from partners.gate_checks import Asked, GateCheck, found, register
from partners.models import OrganizationFacts, SuccessPlan, TrainingAttendee
from partners.plan_choices import PlanState
from partners.rules.gates import FactState


def register_own() -> None:
    """Called once, when the app is ready."""
    for name, label, check, page in (
        (
            "success_plan_active",
            gettext_lazy("A success plan is active"),
            _success_plan_active,
            "partners:organization_success_plans",
        ),
        (
            "trainings_passed",
            gettext_lazy("Their people passed the training"),
            _trainings_passed,
            "partners:organization_enablement",
        ),
    ):
        register(GateCheck(name=name, label=label, check=_unless_spared(check), place=partial(address, page)))


def _unless_spared(check: Callable[[Asked], FactState]) -> Callable[[Asked], FactState]:
    """`check`, but for organizations whose gemstone the criterion spares."""

    def ask(asked: Asked) -> FactState:
        spared = asked.params.get("except_gemstones")
        rows = OrganizationFacts.objects.filter(organization=asked.organization)
        gemstone = rows.values_list("gemstone", flat=True).first() if spared else ""
        if gemstone and isinstance(spared, list) and gemstone in spared:
            return found(True, _("Not asked: the onboarding is a %(gemstone)s one.") % {"gemstone": _name(gemstone)})
        return check(asked)

    return ask


def _name(gemstone: str) -> str:
    return str(Gemstone(gemstone).label) if gemstone in Gemstone.values else gemstone


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
