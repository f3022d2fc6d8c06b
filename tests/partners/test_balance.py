"""Balancing a role: who may ask, what a proposal holds, that moves become handoffs or stay, and what overtakes them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity, Notification, RoleGrant, User
from common.errors import DomainError, Missing, NotAllowed
from partners.models import Assignment, BalanceMove, BalanceProposal, Handoff, Organization, Renewal
from partners.selectors.balance import proposal_page
from partners.services import balance, handoffs
from partners.tasks import make_balance, requeue_balances
from tests.cast import Cast
from tests.factories.partners import make_assignment, make_customer
from tests.hub.api_world import BASE, call

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate()
DAY = timedelta(days=1)


def fill(person: User, count: int) -> list[Organization]:
    """So many live customers, two hours a week each for a TAM."""
    made = [make_customer("live", name=f"Customer {number}") for number in range(count)]
    for one in made:
        make_assignment(one, person, "tam")
    return made


def proposed(cast: Cast, name: str = "max", role: str = "tam") -> list[BalanceMove]:
    asked = balance.ask(by=cast.actor(name), role=role, now=NOW)
    make_balance(proposal_id=asked.pk)
    return list(BalanceMove.objects.filter(proposal=asked).order_by("pk"))


def refused(code: str, use_case: Any, **arguments: Any) -> None:
    with pytest.raises(DomainError) as caught:
        use_case(**arguments)
    assert caught.value.code == code, caught.value.message


def test_who_may_ask_and_for_what(cast: Cast) -> None:
    for name in ("tom", "sue", "ana", "nora", "connie"):
        with pytest.raises(NotAllowed):
            balance.ask(by=cast.actor(name), role="tam", now=NOW)
    refused("unknown_role", balance.ask, by=cast.actor("max"), role="sales", now=NOW)
    # Nobody is too full: closed without a move, and said so.
    assert proposed(cast) == []
    found = BalanceProposal.objects.get()
    assert (found.state, found.moves.count()) == ("closed", 0)
    assert Notification.objects.get(kind="balance").title.startswith("No move would balance")


def test_a_proposal_is_made_once_and_becomes_handoffs_item_by_item(cast: Cast) -> None:
    places, by = fill(cast.tom, 24), cast.actor("max")
    fill(cast.otto, 1)
    Renewal.objects.create(organization=places[0], due_on=TODAY + 20 * DAY, amount=1)
    make_assignment(places[5], cast.otto, "csm", is_primary=False, ended_at=NOW - 3 * DAY)
    asked = balance.ask(by=by, role="tam", now=NOW)
    assert balance.ask(by=by, role="tam", now=NOW) == asked
    assert balance.waiting(now=NOW) == []
    assert balance.waiting(now=NOW + DAY) == [asked.pk]
    requeue_balances()
    for _twice in range(2):
        make_balance(proposal_id=asked.pk)
    moves = list(asked.moves.order_by("pk"))
    assert moves[0].organization_id == places[5].pk
    assert {"key": "known"} in moves[0].reason
    assert places[0].pk not in {move.organization_id for move in moves}
    assert {(move.giver_id, move.receiver_id) for move in moves} == {(cast.tom.pk, cast.otto.pk)}
    assert moves[0].hours == 2

    handoff = balance.accept(by=by, move=moves[0], now=NOW)
    assert (handoff.kind, handoff.giver, handoff.receiver, handoff.created_by) == (
        "owner_to_owner", cast.tom, cast.otto, cast.max,
    )  # fmt: skip
    assert handoff.giver_leaves
    assert Activity.objects.get(verb="handoff.prepared").actor_id == cast.max.pk
    assert Notification.objects.filter(kind="handoffs", user__in=[cast.tom, cast.otto]).count() == 2
    assert Assignment.objects.active().filter(organization=places[5], user=cast.tom).exists()
    # Somebody else accepts the same one at the same time: one handoff.
    refused("wrong_state", balance.accept, by=cast.actor("adam"), move=moves[0], now=NOW)
    refused("required", balance.refuse, by=by, move=moves[1], note="  ", now=NOW)
    for move in moves[1:]:
        balance.refuse(by=by, move=move, note="They asked for Tom.", now=NOW)
    assert BalanceProposal.objects.get().state == "closed"
    assert Handoff.objects.count() == 1
    # The giver works with it as with any other.
    handoffs.withdraw(by=cast.actor("tom"), handoff=handoff, now=NOW)


def test_what_overtakes_a_move(cast: Cast) -> None:
    fill(cast.tom, 24)
    fill(cast.otto, 1)
    by, moves = cast.actor("max"), proposed(cast)
    Renewal.objects.create(organization=moves[0].organization, due_on=TODAY - 60 * DAY, amount=1)
    Assignment.objects.filter(organization=moves[1].organization, user=cast.tom).update(ended_at=NOW)
    make_assignment(moves[2].organization, cast.otto, "tam", is_primary=False)
    for move in moves[:3]:
        refused("overtaken", balance.accept, by=by, move=move, now=NOW)
    page = proposal_page(by, moves[0].proposal.public_id, now=NOW)
    assert page is not None
    assert page.is_older_than_facts
    assert [move.is_overtaken for move in page.moves] == [True, True, True, *[False] * (len(moves) - 3)]
    RoleGrant.objects.filter(user=cast.otto).update(ended_at=NOW)
    refused("role_not_held", balance.accept, by=by, move=moves[3], now=NOW)
    # A new proposal takes the place of the old one.
    balance.ask(by=by, role="tam", now=NOW)
    assert set(BalanceMove.objects.values_list("state", flat=True)) == {"stale"}
    refused("wrong_state", balance.accept, by=by, move=moves[3], now=NOW)


def test_a_lead_balances_their_own_team_and_no_other(client: Client, cast: Cast) -> None:
    fill(cast.tom, 24)
    fill(cast.otto, 1)
    # Otto is none of hers: there is nobody who could take something.
    assert proposed(cast, "lena") == []
    move = proposed(cast)[0]
    for name in ("lena", "tom"):
        with pytest.raises((NotAllowed, Missing)):
            balance.refuse(by=cast.actor(name), move=move, note="No", now=NOW)
    page = reverse("partners:balance", args=[move.proposal.public_id])
    for name, status in (("max", 200), ("adam", 200), ("lena", 404), ("tom", 404), ("connie", 404)):
        client.force_login(getattr(cast, name))
        assert client.get(page).status_code == status, name


def test_the_pages_ask_accept_and_refuse(client: Client, cast: Cast) -> None:
    fill(cast.tom, 24)
    fill(cast.otto, 1)
    client.force_login(cast.max)
    url = reverse("partners:balances")
    assert "No proposal yet" in client.get(url).content.decode()
    assert client.post(url, {"role": "sales"}).status_code == 422
    page = client.post(url, {"role": "tam"}).headers["Location"]
    assert "It is being made" in client.get(page).content.decode()
    make_balance(proposal_id=BalanceProposal.objects.get().pk)
    body = client.get(page).content.decode()
    assert "Tom Okafor goes from" in body
    assert "older than the facts" not in body
    first, second, *_rest = BalanceMove.objects.order_by("pk")
    client.post(f"{page}moves/{first.public_id}/accept/")
    client.post(f"{page}moves/{first.public_id}/accept/")
    assert client.post(f"{page}moves/{second.public_id}/refuse/", {"note": ""}).status_code == 422
    client.post(f"{page}moves/{second.public_id}/refuse/", {"note": "Not now"})
    assert list(BalanceMove.objects.order_by("pk").values_list("state", flat=True)[:2]) == ["accepted", "refused"]
    body = client.get(page).content.decode()
    assert "Not now" in body
    assert "Its handoff" in body
    assert client.get(url).content.decode().count("data-row-link") == 1
    client.force_login(cast.tom)
    assert client.get(url).status_code == 403


def test_the_same_through_the_api(cast: Cast) -> None:
    fill(cast.tom, 24)
    fill(cast.otto, 1)

    def ask(who: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        headers = {"Idempotency-Key": f"{who}-{path}"} if method == "post" else {}
        answer = call(getattr(cast, who), method, f"{BASE}/{path}", body, **headers)
        assert answer.status_code == status, answer.content
        return answer.json()

    (row,) = ask("max", "get", f"capacity/?role=csm&team={cast.carl.memberships.get().team.public_id}")["results"]
    assert (row["name"], len(row["weeks"])) == ("Carl Lindqvist", 8)
    ask("tom", "post", "balance-proposals/", {"role": "tam"}, 403)
    made = ask("max", "post", "balance-proposals/", {"role": "tam"}, 201)
    assert made["state"] == "making"
    make_balance(proposal_id=BalanceProposal.objects.get().pk)
    path = f"balance-proposals/{made['id']}/"
    first, second, *_rest = ask("max", "get", path)["moves"]
    taken = ask("max", "post", f"{path}moves/{first['id']}/accept/")
    assert taken["moves"][0]["handoff_id"] == str(Handoff.objects.get().public_id)
    ask("max", "post", f"{path}moves/{second['id']}/refuse/", {"note": ""}, 400)
    assert ask("max", "post", f"{path}moves/{second['id']}/refuse/", {"note": "No"})["moves"][1]["note"] == "No"
    ask("tom", "get", path, status=404)
    assert ask("tom", "get", "balance-proposals/")["results"] == []
    assert len(ask("adam", "get", "balance-proposals/")["results"]) == 1
