"""The prediction of one organization, a part of its page of health."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.panels import Panel, PanelRequest, register
from common.templatetags.format import spell_percent
from health.policies import policies_in_force
from health.prediction_page import base_rate
from health.prediction_words import chance_tone, reasons_in_words
from health.selectors.predictions import prediction_of
from health.views.portfolio import Offer, offer_tab


def offer() -> None:
    """Called once, when the app is ready."""
    register(
        Panel(
            key="prediction",
            slot="organization_health",
            title=_("Risk of a loss"),
            template="health/panels/_prediction.html",
            load=_load,
            icon="target",
        )
    )
    offer_tab(Offer(key="prediction", label=_("Prediction"), icon="target", url_name="health:prediction"))


def _load(request: PanelRequest) -> Mapping[str, Any] | None:
    """None where predictions are silent: there is nothing to say then."""
    found = prediction_of(request.actor, request.subject.pk)
    if found is None:
        return None
    chance, base = float(found.probability), base_rate(found.training)
    return {
        "percent": spell_percent(chance, 1),
        "base": spell_percent(base, 1),
        "tone": chance_tone(chance, base),
        "reasons": reasons_in_words(found.reasons, policies_in_force()),
        "as_of": found.as_of,
        "horizon": found.training.horizon_days,
        "kind": found.training.kind,
        "brier": found.training.brier,
        "base_brier": found.training.base_brier,
    }
