"""Pages of enablement: the tab part by part, its forms with their faults, the list of references and its file."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from partners.models import (
    Organization,
    Recommendation,
    ReferenceRequest,
    ServiceDelivery,
    TechnicalIntegration,
    Training,
    TrainingAttendee,
    Win,
)
from partners.services import wins
from tests.cast import Cast
from tests.factories.partners import make_contact, make_partner

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def signed_in(user: User) -> Client:
    """A browser of theirs."""
    client = Client()
    client.force_login(user)
    return client


def place(name: str, *ids: Any) -> str:
    """An address of the area."""
    return reverse(f"partners:{name}", args=[getattr(one, "public_id", one) for one in ids])


def sends(client: Client, at: str, faulty: dict[str, Any], field: str, right: dict[str, Any]) -> None:
    """A form opens, says what is wrong at its field, and takes what is right."""
    assert client.get(at).status_code == 200, at
    answer = client.post(at, faulty)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field]), at
    assert client.post(at, right).status_code == 302, at


def test_a_training_and_its_people(cast: Cast) -> None:
    tom, tab = signed_in(cast.tom), place("organization_enablement", cast.northwind)
    assert "No training yet" in tom.get(tab).content.decode()
    sends(tom, place("training_add", cast.northwind), {"title": "API", "minutes": "99999"}, "minutes", {"title": "API"})
    made = Training.objects.get()
    edit = {"title": "API", "held_on": TODAY - DAY, "trainer": "nobody at all", "version": 1}
    sends(tom, place("training_edit", made), edit, "trainer", {**edit, "trainer": cast.tom.email})
    assert "Its day is over" in tom.get(tab).content.decode()
    people = place("training_attend", made)
    sends(tom, people, {"version": 7}, "contact", {"contact": cast.connie_contact.public_id})
    assert tom.post(people, {"user": cast.ana.email}).status_code == 302
    sends(tom, place("training_hold", made), {"held_on": TODAY + DAY}, "held_on", {"held_on": TODAY, "note": "Well"})
    of_connie = place("training_result", made, cast.connie_contact)
    sends(tom, of_connie, {"result": "brilliant"}, "result", {"result": "passed"})
    tom.post(place("training_leave_out", made, cast.ana))
    assert [(one.contact, one.result) for one in TrainingAttendee.objects.all()] == [(cast.connie_contact, "passed")]
    page = tom.get(tab).content.decode()
    assert all(words in page for words in (cast.connie_contact.name, "Passed", "Held", "Well"))
    assert tom.post(place("training_cancel", made), {"note": "Too late"}).status_code == 422


def test_advice_from_proposal_to_effect(cast: Cast) -> None:
    tom, tab = signed_in(cast.tom), place("organization_advice", cast.northwind)
    for number in range(5):
        like = make_partner("gate_3", name=f"Like {number}", owners={"tam": cast.tom})
        state = "done" if number < 3 else "proposed"
        Recommendation.objects.create(
            organization=like, practice="single_sign_on", title="SSO", state=state, proposed_on=TODAY
        )
    page = tom.get(tab).content.decode()
    assert "Nothing recommended yet" in page
    # Three of Northwind and the five like it.
    assert "50 % of like organizations" in page
    tom.post(place("practice_propose", cast.northwind), {"practice": "single_sign_on"})
    made = Recommendation.objects.get(organization=cast.northwind)
    assert "50 % of like organizations" not in tom.get(tab).content.decode()
    sends(tom, place("recommendation_agree", made), {"due_on": "soon"}, "due_on", {"due_on": TODAY - DAY, "version": 1})
    assert "Overdue" in tom.get(tab).content.decode()
    sends(tom, place("recommendation_finish", made), {"effect": ""}, "effect", {"effect": "No resets any more"})
    assert "No resets any more" in tom.get(tab).content.decode()
    own = {"title": "Batch calls", "kind": "optimization", "why": "Fewer of them"}
    sends(tom, place("recommendation_add", cast.northwind), {**own, "title": ""}, "title", own)
    other = Recommendation.objects.get(title="Batch calls")
    sends(tom, place("recommendation_edit", other), {**own, "owner": "?"}, "owner", {**own, "version": 1})
    sends(tom, place("recommendation_decline", other), {"note": ""}, "note", {"note": "No time"})
    tom.post(place("recommendation_reopen", other))
    other.refresh_from_db()
    assert (other.state, other.effect) == ("proposed", "")


def test_steps_of_an_integration_and_services_delivered(cast: Cast) -> None:
    tom, tab = signed_in(cast.tom), place("organization_integrations", cast.northwind)
    assert "No technical integration yet" in tom.get(tab).content.decode()
    new = {"name": "Billing", "documentation_url": "https://docs.example/x"}
    bad = {**new, "documentation_url": "javascript:alert(1)"}
    sends(tom, place("integration_add", cast.northwind), bad, "documentation_url", new)
    made = TechnicalIntegration.objects.get()
    sends(tom, place("integration_edit", made), {"name": ""}, "name", {**new, "calls_per_day": 1200, "version": 1})
    design = place("integration_step", made, "design")
    sends(tom, design, {"done_on": TODAY + DAY}, "done_on", {"planned_on": TODAY - DAY})
    assert tom.get(place("integration_step", made, "party")).status_code == 404
    page = tom.get(tab).content.decode()
    assert all(words in page for words in ("Overdue", "1,200 API calls a day", "0 of 1 steps in time"))
    done = {"planned_on": TODAY, "done_on": TODAY - DAY, "version": 3}
    assert tom.post(design, done).status_code == 302
    assert tom.post(design, {**done, "note": "x"}).status_code == 422
    assert "1 of 1 steps in time" in tom.get(tab).content.decode()
    tom.post(place("integration_state", made), {"state": "live"})
    made.refresh_from_db()
    assert made.state == "live"

    services = place("organization_services", cast.northwind)
    assert "No gemstone yet" in tom.get(services).content.decode()
    cast.northwind.facts.gemstone = "diamond"
    cast.northwind.facts.save(update_fields=["gemstone"])
    sent = {"service": "on_site", "days": "4", "delivered_on": TODAY}
    late = {**sent, "delivered_on": TODAY + 3 * DAY}
    sends(tom, place("delivery_add", cast.northwind), late, "delivered_on", sent)
    tom.post(place("delivery_add", cast.northwind), {**sent, "service": "ci_cd_training"})
    page = tom.get(services).content.decode()
    assert all(words in page for words in ("10 days promised", "4 delivered", "6 to go", "Not promised", "Throughout"))
    tom.post(place("delivery_withdraw", ServiceDelivery.objects.get(service="on_site")))
    page = tom.get(services).content.decode()
    assert "10 to go" in page
    assert "Counts no longer" in page


def told(cast: Cast, organization: Organization, title: str, **values: Any) -> Win:
    """A win that its people talk about."""
    sent = {"title": title, "achieved_on": TODAY - 9 * DAY, "consent": "given", "contact": make_contact(organization)}
    sent |= {"is_reference": True, "audience": "customers", **values}
    return wins.add(by=cast.actor("tom"), organization=organization, values=sent, now=timezone.now())


def test_wins_and_who_serves_as_a_reference(cast: Cast) -> None:
    tom, tab = signed_in(cast.tom), place("organization_wins", cast.northwind)
    assert "No win yet" in tom.get(tab).content.decode()
    new = {"title": "Live in six weeks", "achieved_on": TODAY, "consent": "not_asked", "audience": "internal"}
    sends(tom, place("win_add", cast.northwind), {**new, "is_reference": "on"}, "consent", new)
    win = Win.objects.get()
    everything = place("references")
    assert "No reference yet" in tom.get(everything).content.decode()
    told_now = {**new, "consent": "given", "contact": cast.connie_contact.public_id, "is_reference": "on", "version": 1}
    sends(tom, place("win_edit", win), {**told_now, "contact": ""}, "contact", told_now)
    assert "Ask for a reference" in tom.get(tab).content.decode()
    sends(tom, place("reference_ask", win), {"wanted_for": ""}, "wanted_for", {"wanted_for": "A bank in Oslo"})
    page = tom.get(tab).content.decode()
    assert "A bank in Oslo" in page
    assert "Ask for a reference" not in page
    sends(
        tom,
        place("reference_settle", ReferenceRequest.objects.get()),
        {"state": "declined"},
        "note",
        {"state": "served"},
    )

    told(cast, cast.birch, "Half the calls", consent_until=TODAY - DAY)
    plain = told(cast, cast.birch, "A good launch", is_reference=False)
    cast.birch.industry = "Energy"
    cast.birch.save(update_fields=["industry"])
    assert [row.title for row in tom.get(everything).context["rows"].rows] == ["Live in six weeks"]
    shown = {row.title for row in tom.get(f"{everything}?only=wins&industry=energ&kind=customer").context["rows"].rows}
    assert shown == {"Half the calls", "A good launch"}
    lines = tom.post(f"{place('reference_export')}?only=wins&q=good").content.decode().splitlines()
    assert len(lines) == 2
    assert "They do not serve as a reference for this." in lines[1]
    tom.post(place("win_archive", plain))
    assert "A good launch" not in tom.get(f"{everything}?only=wins").content.decode()
    assert "A good launch" in tom.get(f"{place('organization_wins', cast.birch)}?archived=1").content.decode()
    tom.post(place("win_restore", plain))
    assert "A good launch" in tom.get(f"{everything}?only=wins").content.decode()


def test_who_neither_reads_nor_writes(cast: Cast) -> None:
    """Strangers find nothing; those who take part read and do not write; support reads nothing of it."""
    win = told(cast, cast.northwind, "Live in six weeks")
    training = Training.objects.create(organization=cast.northwind, title="API")
    tabs = [place(name, cast.northwind) for name in ("organization_enablement", "organization_wins")]
    writes = [place("win_edit", win), place("training_edit", training), place("training_add", cast.northwind)]
    for name, reads, opens in (("otto", 404, 404), ("sam", 403, 403), ("lena", 200, 403)):
        client = signed_in(getattr(cast, name))
        assert [client.get(at).status_code for at in tabs] == [reads] * 2, name
        assert {client.get(at).status_code for at in writes} <= {opens, 404}, name
    assert "Live in six weeks" not in signed_in(cast.otto).get(place("references")).content.decode()
    assert signed_in(cast.otto).post(place("win_archive", win)).status_code == 404
