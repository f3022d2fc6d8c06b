"""What health knows that a gate may wait for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.addresses import address
from health.choices import Band
from health.models import HealthState
from health.policies import policies_in_force
from health.words import band_label, reason_words
from partners.gate_checks import Asked, GateCheck, found, register
from partners.rules.gates import FactState

NAME = "health_at_least_yellow"


def offer() -> None:
    """Called once, when the app is ready."""
    register(
        GateCheck(
            name=NAME,
            label=gettext_lazy("Health is at least yellow"),
            check=_at_least_yellow,
            place=lambda organization: address("health:organization", organization),
        )
    )


def _at_least_yellow(asked: Asked) -> FactState:
    """The band that is shown is yellow or green; one set by hand counts, and says so. Grey is not known, so not met."""
    rows = HealthState.objects.main().filter(organization=asked.organization)
    state = rows.values("band", "reason").first()
    if state is None:
        return found(False, _("Health has not been computed yet."))
    # A gate is read by people who may not read commercial figures.
    why = reason_words(state["reason"], policies_in_force(), with_commercial=False)
    words = _("Health is %(band)s. %(why)s") % {"band": band_label(state["band"]), "why": why}
    return found(state["band"] in (Band.GREEN, Band.YELLOW), words.strip())
