"""A row of each noun of enablement around one contact, as addresses name them."""

from typing import Any

from partners.models import (
    Contact,
    IntegrationStep,
    Recommendation,
    ReferenceRequest,
    ServiceDelivery,
    TechnicalIntegration,
    Training,
    TrainingAttendee,
    Win,
)
from tests.factories.partners import NOW


def enablement_rows(contact: Contact) -> dict[str, Any]:
    """By the name of their part of an address: open ones, which every use case may touch."""
    own, day = {"organization": contact.organization}, NOW.date()
    training = Training.objects.create(**own, title="Webhooks")
    TrainingAttendee.objects.create(**own, training=training, contact=contact)
    integration = TechnicalIntegration.objects.create(**own, name="Billing")
    IntegrationStep.objects.create(**own, integration=integration, stage="design")
    given = {"consent": "given", "contact": contact, "is_reference": True}
    win = Win.objects.create(**own, title="Live in six weeks", achieved_on=day, **given)
    return {
        "trainings": training,
        "recommendations": Recommendation.objects.create(**own, title="Batch the calls", proposed_on=day),
        "integrations": integration,
        "service-deliveries": ServiceDelivery.objects.create(
            **own, service="on_site", delivered_on=day, days=1, recorded_at=NOW
        ),
        "wins": win,
        "reference-requests": ReferenceRequest.objects.create(**own, win=win, wanted_for="A bank", asked_on=day),
    }
