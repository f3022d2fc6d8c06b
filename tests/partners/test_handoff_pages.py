"""Pages of handoffs through the client: who opens them, what each may do on them, what they say."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.targets import resolve_target
from partners.models import Assignment, Handoff, HandoffItem, HandoffReturn, Organization
from partners.services import handoffs
from tests.cast import Cast
from tests.factories.handoffs import accepted, do_everything, offered, prepared, settle_all
from tests.factories.partners import NOW, make_grant, make_partner

pytestmark = pytest.mark.django_db


def url(name: str, handoff: Handoff, *more: str) -> str:
    return reverse(f"partners:{name}", args=[handoff.organization.public_id, handoff.public_id, *more])


def page(client: Client, cast: Cast, name: str, handoff: Handoff) -> Any:
    client.force_login(getattr(cast, name))
    return client.get(url("handoff", handoff))


class TestWhoOpensIt:
    def test_giver_receiver_and_who_opens_the_organization(self, client: Client, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        for name in ("petra", "tom", "ana", "ines", "lena", "max", "adam"):
            assert page(client, cast, name, handoff).status_code == 200, name

    def test_strangers_and_those_who_know_the_summary_alone_get_404(self, client: Client, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        for name in ("otto", "olga", "sue", "sam", "connie", "tina"):
            assert page(client, cast, name, handoff).status_code == 404, name

    def test_a_foreign_id_in_a_known_address(self, client: Client, cast: Cast) -> None:
        foreign = offered(make_partner("gate_3", owners={"psm": cast.petra}), cast.petra, cast.otto)
        client.force_login(cast.tom)
        mixed = reverse("partners:handoff", args=[cast.northwind.public_id, foreign.public_id])
        assert client.get(mixed).status_code == 404
        assert client.post(f"{mixed}accept/").status_code == 404

    def test_a_receiver_in_a_stage_that_is_closed_to_them(self, client: Client, cast: Cast) -> None:
        early = make_partner("gate_2", name="Early", owners={"tpm": cast.tina})
        handoff = offered(early, cast.tina, cast.petra, "tpm_to_psm")
        answer = page(client, cast, "petra", handoff)
        assert answer.status_code == 200
        assert b"Summary only" in answer.content
        # What was gathered leads nowhere that would be closed to them.
        people = reverse("partners:organization_people", args=[early.public_id]).encode()
        assert people not in answer.content
        assert people in page(client, cast, "tina", handoff).content
        client.force_login(cast.petra)
        client.post(url("handoff_read", handoff, "people"), {"read": "1"})
        assert HandoffItem.objects.get(handoff=handoff, key="people").read_at is not None
        do_everything(handoff)
        # Accepted, it is theirs, and closed to them until Gate 3: the way on is their list, not a page that is gone.
        done = client.post(url("handoff_accept", handoff), follow=True)
        assert done.status_code == 200
        assert done.request["PATH_INFO"] == reverse("partners:handoffs")
        assert page(client, cast, "petra", handoff).status_code == 404


class TestTheGiver:
    def test_begins_it_from_the_page_of_the_organization(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.petra)
        start = reverse("partners:handoff_new", args=[cast.northwind.public_id])
        assert start in client.get(reverse("partners:organization", args=[cast.northwind.public_id])).content.decode()
        assert "psm_to_tam:psm:tam" in client.get(start).content.decode()
        sent = {"way": "psm_to_tam:psm:tam", "receiver": cast.tom.email, "summary": "A careful partner"}
        answer = client.post(start, sent)
        handoff = Handoff.objects.get()
        assert answer.url == url("handoff", handoff)
        assert (handoff.receiver_id, handoff.summary) == (cast.tom.pk, "A careful partner")

    def test_sees_what_is_refused_at_its_field(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.petra)
        start = reverse("partners:handoff_new", args=[cast.northwind.public_id])
        answer = client.post(start, {"way": "psm_to_tam:psm:tam", "receiver": cast.ana.email})
        assert answer.status_code == 422
        assert "does not hold the role" in answer.context["form"].errors["receiver"][0]
        assert not Handoff.objects.exists()

    @pytest.mark.parametrize("way", ["psm_to_tam:psm:pam", "pdm_to_tpm:pdm:tpm", "x", "", "::"])
    def test_chooses_among_the_ways_there_are(self, client: Client, cast: Cast, way: str) -> None:
        client.force_login(cast.petra)
        start = reverse("partners:handoff_new", args=[cast.northwind.public_id])
        assert client.post(start, {"way": way, "receiver": cast.tom.email}).status_code == 422

    def test_sent_twice_makes_one(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.petra)
        start = reverse("partners:handoff_new", args=[cast.northwind.public_id])
        sent = {"way": "psm_to_tam:psm:tam", "receiver": cast.tom.email}
        sent["sent_key"] = "0198f1a2-7c11-4d3e-9a55-2f6d1c0b8e41"
        first, second = client.post(start, sent), client.post(start, sent)
        assert first.url == second.url
        assert Handoff.objects.count() == 1

    def test_others_do_not_begin_one(self, client: Client, cast: Cast) -> None:
        start = reverse("partners:handoff_new", args=[cast.northwind.public_id])
        for name, status in (("max", 403), ("lena", 403), ("otto", 404)):
            client.force_login(getattr(cast, name))
            assert client.get(start).status_code == status, name

    def test_writes_items_and_offers(self, client: Client, cast: Cast) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        client.force_login(cast.petra)
        answer = client.post(url("handoff_item", handoff, "beta_insights"), {"note": "Twelve", "is_settled": "on"})
        assert answer.url.endswith("#item-beta_insights")
        settle_all(handoff)
        assert "Everything is there" in page(client, cast, "petra", handoff).content.decode()
        client.post(url("handoff_offer", handoff))
        assert Handoff.objects.get().state == "offered"

    def test_an_item_by_htmx_is_swapped_with_its_error(self, client: Client, cast: Cast) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        client.force_login(cast.petra)
        address = url("handoff_item", handoff, "beta_insights")
        answer = client.post(address, {"is_settled": "on"}, headers={"HX-Request": "true"})
        assert "There is nothing in it yet" in answer.content.decode()
        assert "<html" not in answer.content.decode()
        answer = client.post(address, {"note": "Twelve", "is_settled": "on"}, headers={"HX-Request": "true"})
        assert "Complete" in answer.content.decode()

    @pytest.mark.parametrize("key", ["weather", "x" * 80])
    def test_items_of_nothing(self, client: Client, cast: Cast, key: str) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        client.force_login(cast.petra)
        assert client.post(url("handoff_item", handoff, key), {"note": "x"}).status_code == 404

    def test_bad_days_are_told(self, client: Client, cast: Cast) -> None:
        handoff = prepared(cast.northwind, cast.petra, cast.tom)
        client.force_login(cast.petra)
        for meeting, on in (
            ("introduction", "31.31.31"),
            ("shadow", ""),
            ("introduction", "2099-01-01"),
            ("dinner", ""),
        ):
            answer = client.post(url("handoff_day", handoff, meeting), {"on": on}, follow=True)
            assert [message.level_tag for message in answer.context["messages"]] == ["error"], meeting
        client.post(url("handoff_day", handoff, "handoff_meeting"), {"on": "2026-02-27"})
        assert str(Handoff.objects.get().meeting_on) == "2026-02-27"
        client.post(url("handoff_day", handoff, "handoff_meeting"), {"on": ""})
        assert Handoff.objects.get().meeting_on is None


class TestTheReceiver:
    def test_returns_it_with_reasons(self, client: Client, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        client.force_login(cast.tom)
        assert client.post(url("handoff_return", handoff), {"reasons": ""}).status_code == 422
        assert client.post(url("handoff_return", handoff), {"reasons": "x", "items": ["weather"]}).status_code == 422
        client.post(
            url("handoff_return", handoff), {"reasons": "Who answers at night?", "items": ["support_processes"]}
        )
        assert HandoffReturn.objects.get().items == ["support_processes"]
        assert "Who answers at night?" in page(client, cast, "petra", handoff).content.decode()

    def test_does_not_accept_what_is_not_ready(self, client: Client, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        client.force_login(cast.tom)
        answer = client.post(url("handoff_accept", handoff), follow=True)
        assert "The shadow period has not begun yet." in answer.content.decode()
        assert Handoff.objects.get().state == "offered"

    def test_nobody_answers_for_them(self, client: Client, cast: Cast) -> None:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        do_everything(handoff)
        for name in ("petra", "ana", "lena", "max", "adam"):
            client.force_login(getattr(cast, name))
            assert client.post(url("handoff_accept", handoff)).status_code == 403, name
            assert client.post(url("handoff_return", handoff), {"reasons": "No"}).status_code == 403, name
            assert client.post(url("handoff_read", handoff, "people"), {"read": "1"}).status_code == 403, name
        assert Handoff.objects.get().state == "offered"

    def test_confirms_the_launch(self, client: Client, cast: Cast) -> None:
        handoff = accepted(cast.northwind, cast.petra, cast.tom)
        Organization.objects.filter(pk=cast.northwind.pk).update(stage="post_launch")
        client.force_login(cast.petra)
        client.post(url("handoff_results", handoff), {"results": "Twelve orders"})
        client.force_login(cast.tom)
        assert "Twelve orders" in client.get(url("handoff", handoff)).content.decode()
        client.post(url("handoff_confirm", handoff))
        assert Handoff.objects.get().results_confirmed_at is not None


class TestAnswersOfEarlierStages:
    """What the giver laid open is for the receiver; who else opens the organization needs a context grant."""

    def with_answer(self, cast: Cast) -> Handoff:
        handoff = offered(cast.northwind, cast.petra, cast.tom)
        line = {"label": "Runbooks", "value": "Forty of them", "url": "", "field_class": "answers"}
        HandoffItem.objects.filter(handoff=handoff, key="operations").update(gathered=[line])
        return handoff

    def test_giver_and_receiver_read_them_and_others_do_not(self, client: Client, cast: Cast) -> None:
        handoff = self.with_answer(cast)
        shown = {
            name: "Forty of them" in page(client, cast, name, handoff).content.decode()
            for name in ("petra", "tom", "ana", "ines", "max", "adam")
        }
        assert shown == {"petra": True, "tom": True, "ana": True, "ines": False, "max": True, "adam": True}

    def test_a_grant_opens_them(self, client: Client, cast: Cast) -> None:
        handoff = self.with_answer(cast)
        make_grant(cast.northwind, cast.ines, state="given", expires_at=NOW.replace(year=2999))
        assert "Forty of them" in page(client, cast, "ines", handoff).content.decode()


class TestLists:
    def names(self, client: Client, cast: Cast, who: str, show: str) -> list[str]:
        client.force_login(getattr(cast, who))
        answer = client.get(reverse("partners:handoffs"), {"show": show})
        return [row.organization_name for row in answer.context["pager"].rows]

    def test_waiting_given_team_and_done(self, client: Client, cast: Cast) -> None:
        offered(cast.northwind, cast.petra, cast.tom)
        assert self.names(client, cast, "tom", "waiting") == ["Northwind"]
        assert self.names(client, cast, "petra", "given") == ["Northwind"]
        assert self.names(client, cast, "lena", "team") == ["Northwind"]
        assert self.names(client, cast, "tom", "given") == []
        assert self.names(client, cast, "otto", "waiting") == []

    @pytest.mark.parametrize("show", ["team", "nonsense", "", "\0"])
    def test_a_list_that_is_not_theirs_is_the_first(self, client: Client, cast: Cast, show: str) -> None:
        offered(cast.northwind, cast.petra, cast.tom)
        assert self.names(client, cast, "tom", show) == ["Northwind"]

    def test_the_home_says_what_waits(self, client: Client, cast: Cast) -> None:
        offered(cast.northwind, cast.petra, cast.tom)
        for name in ("tom", "petra"):
            client.force_login(getattr(cast, name))
            assert "PSM Petra Okafor → TAM Tom Okafor" in client.get(reverse("hub:home")).content.decode(), name

    def test_those_of_an_organization(self, client: Client, cast: Cast) -> None:
        offered(cast.northwind, cast.petra, cast.tom)
        address = reverse("partners:organization_handoffs", args=[cast.northwind.public_id])
        for name, total in (("ana", 1), ("sam", 0)):
            client.force_login(getattr(cast, name))
            assert len(client.get(address).context["handoffs"]) == total, name
        client.force_login(cast.otto)
        assert client.get(address).status_code == 404


class TestPortfolio:
    def test_one_form_makes_one_for_each(self, client: Client, cast: Cast) -> None:
        second = make_partner("post_launch", name="Second", owners={"tam": cast.tom})
        client.force_login(cast.tom)
        address = reverse("partners:handoff_portfolio")
        assert {row.name for row in Organization.objects.filter(name__in=["Northwind", "Birch", "Second"])}
        chosen = [str(cast.northwind.public_id), str(second.public_id)]
        sent = {"role": "tam", "receiver": cast.otto.email, "organizations": chosen, "giver_leaves": "on"}
        answer = client.post(address, sent)
        assert answer.url == f"{reverse('partners:handoffs')}?show=given"
        rows = Handoff.objects.order_by("organization__name")
        assert [(row.organization.name, row.kind, row.giver_leaves) for row in rows] == [
            ("Northwind", "owner_to_owner", True),
            ("Second", "owner_to_owner", True),
        ]

    def test_what_cannot_be_is_told_and_the_rest_is_made(self, client: Client, cast: Cast) -> None:
        prepared(cast.northwind, cast.tom, cast.otto, "owner_to_owner")
        client.force_login(cast.tom)
        chosen = [str(cast.northwind.public_id), str(cast.birch.public_id)]
        sent = {"role": "tam", "receiver": cast.otto.email, "organizations": chosen}
        answer = client.post(reverse("partners:handoff_portfolio"), sent, follow=True)
        said = [str(message) for message in answer.context["messages"]]
        assert said == ["1 handoff was prepared.", "Northwind: A handoff of this kind is under way already."]

    def test_foreign_organizations_are_no_choice(self, client: Client, cast: Cast) -> None:
        foreign = make_partner("gate_3", owners={"tam": cast.otto})
        client.force_login(cast.tom)
        sent = {"role": "tam", "receiver": cast.otto.email, "organizations": [str(foreign.public_id)]}
        assert client.post(reverse("partners:handoff_portfolio"), sent).status_code == 422
        assert not Handoff.objects.exists()

    def test_a_receiver_without_the_role_makes_nothing(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.tom)
        sent = {"role": "tam", "receiver": cast.ana.email, "organizations": [str(cast.birch.public_id)]}
        answer = client.post(reverse("partners:handoff_portfolio"), sent)
        assert answer.status_code == 422
        assert "receiver" in answer.context["form"].errors

    def test_who_owns_nothing_has_nothing_to_hand_on(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.max)
        assert client.get(reverse("partners:handoff_portfolio")).status_code == 403

    def test_only_those_who_can_own_are_offered_the_form(self, client: Client, cast: Cast) -> None:
        address = reverse("partners:handoff_portfolio").encode()
        for name, offered_to in (("tom", True), ("max", False), ("adam", False), ("sue", False)):
            client.force_login(getattr(cast, name))
            assert (address in client.get(reverse("partners:handoffs")).content) is offered_to, name


def test_withdrawn_by_the_pam(client: Client, cast: Cast) -> None:
    handoff = offered(cast.northwind, cast.petra, cast.tom)
    client.force_login(cast.ana)
    client.post(url("handoff_withdraw", handoff), {"reason": "Petra has left"})
    assert Handoff.objects.get().state == "withdrawn"
    client.force_login(cast.tom)
    assert client.post(url("handoff_withdraw", handoff)).status_code == 403


def test_a_notice_leads_to_it(cast: Cast) -> None:
    handoff = offered(cast.northwind, cast.petra, cast.tom)
    assert resolve_target(cast.actor("tom"), "handoff", handoff.pk) == url("handoff", handoff)
    assert resolve_target(cast.actor("otto"), "handoff", handoff.pk) is None
    assert Assignment.objects.filter(user=cast.otto).count() == 0
    assert handoffs.withdraw(by=cast.actor("petra"), handoff=handoff, now=NOW)
