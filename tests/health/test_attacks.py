"""What somebody tried who wanted to see or keep more than theirs."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from common.errors import DomainError
from health.models import BandOverride, Entitlement, HealthState, Metric
from health.rules import datadog
from health.selectors.adoption import bought_by
from health.services import entitlements, overrides, pulses
from partners.services import losses
from partners.services.erasure import erase_person
from partners.services.person_records import find_person
from tests.cast import Cast
from tests.factories.health import TODAY, make_health
from tests.factories.partners import NOW

COMMERCIAL = "days_to_renewal"
_TABLES = ("health_pulse", "health_bandoverride", "health_healthstate", "partners_organizationfacts", "partners_loss")


@pytest.mark.django_db
def test_what_was_bought_of_a_commercial_metric_is_for_those_who_read_commercial_fields(cast: Cast) -> None:
    assert Metric.objects.get(key=COMMERCIAL).is_commercial
    bought = {"organization": cast.northwind, "metric": COMMERCIAL, "amount": Decimal(9), "starts_on": date(2026, 1, 1)}
    with pytest.raises(DomainError):
        entitlements.put(by=cast.actor("petra"), now=NOW, **bought)
    entitlements.put(by=cast.actor("tom"), now=NOW, **bought)
    assert Entitlement.objects.visible_to(cast.actor("petra")).exists(), "she opens the organization"
    assert len(bought_by(cast.actor("tom"), cast.northwind, now=NOW)) == 1
    assert bought_by(cast.actor("petra"), cast.northwind, now=NOW) == []


@pytest.mark.django_db
def test_an_erased_contact_is_named_nowhere(cast: Cast) -> None:
    make_health(cast.northwind, day=TODAY)
    why = "Connie Contact has left"
    pulses.give(organization=cast.northwind, value="yellow", note=why, by=cast.actor("tom"), now=NOW)
    until = NOW + timedelta(days=9)
    overrides.set_band(organization=cast.northwind, band="red", reason=why, until=until, by=cast.actor("tom"), now=NOW)
    HealthState.objects.filter(organization=cast.northwind).update(reason={"code": "override", "why": why})
    losses.record(
        by=cast.actor("adam"),
        organization=cast.northwind,
        values={"lost_on": NOW.date(), "reason": "price", "note": why},
        now=NOW,
    )
    assert "Connie Contact" in written()
    erase_person(person=find_person("connie@northwind.example"), reason="asked for in writing", now=NOW)
    assert "connie" not in written().lower()
    assert BandOverride.objects.get().reason


def written() -> str:
    """All columns of all rows of these tables as one text."""
    texts = []
    with connection.cursor() as cursor:
        for table in _TABLES:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            texts.append(cursor.fetchone()[0])
    return " ".join(texts)


def test_an_alert_without_a_title_goes_by_as_much_of_its_id_as_fits() -> None:
    alert = datadog.read({"id": "x" * 900, "date": 1_700_000_000_000, "alert_transition": "Triggered"})
    assert len(alert.title) <= 250
