"""Enablement of the demo world: something of each kind to look at, believable in its days."""

from django.db.models import F
from django.utils import timezone

from partners.models import (
    IntegrationStep,
    Recommendation,
    ReferenceRequest,
    ServiceDelivery,
    Training,
    TrainingAttendee,
    Win,
)


def test_there_is_something_of_each_kind_and_its_days_add_up() -> None:
    today = timezone.localdate()
    assert {"held", "planned"} <= set(Training.objects.values_list("state", flat=True))
    assert set(Recommendation.objects.values_list("state", flat=True)) == {"proposed", "agreed", "done", "declined"}
    assert not Training.objects.filter(state="held", held_on__gt=today).exists()
    assert not TrainingAttendee.objects.exclude(contact__organization=F("organization")).exists()
    assert IntegrationStep.objects.filter(done_on__gt=F("first_planned_on")).exists()
    assert not IntegrationStep.objects.filter(done_on__gt=today).exists()
    assert ServiceDelivery.objects.exists()
    assert not Win.objects.filter(is_reference=True).exclude(consent="given").exists()
    assert ReferenceRequest.objects.filter(win__is_reference=True).exists()
