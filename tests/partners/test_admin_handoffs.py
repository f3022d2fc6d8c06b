"""Handoffs, meetings and guides in the administration site: looked at by administrators, changed by nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from partners.models import Guide, Touchpoint
from tests.cast import Cast
from tests.factories.handoffs import offered
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", ["handoff", "touchpoint", "guide"])
def test_administrators_look_and_change_nothing(client: Client, cast: Cast, model: str) -> None:
    rows = {
        "handoff": offered(cast.northwind, cast.petra, cast.tom),
        "touchpoint": Touchpoint.objects.create(organization=cast.northwind, kind="workshop", planned_on=NOW.date()),
        "guide": Guide.objects.earliest("pk"),
    }
    client.force_login(cast.adam)
    assert client.get(reverse(f"admin:partners_{model}_changelist"), {"q": "north"}).status_code == 200
    one = reverse(f"admin:partners_{model}_change", args=[rows[model].pk])
    assert client.get(one).status_code == 200
    assert client.post(one, {}).status_code == 403
    assert client.get(reverse(f"admin:partners_{model}_add")).status_code == 403
    assert client.post(reverse(f"admin:partners_{model}_delete", args=[rows[model].pk])).status_code == 403
