"""Invitations: one link, once, for a while, for one person; every dead link says the same."""

import re
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import now

from accounts.models import Activity, Invitation, User
from accounts.services import invitations
from accounts.services.sessions import sessions_of
from common import outbox
from common.errors import DomainError, NotAllowed
from common.models import Outbox
from common.scope import Scope, scoped
from partners.services import contacts
from tests.cast import Cast
from tests.factories.accounts import actor, make_user
from tests.factories.partners import make_contact

PASSWORD = "correct horse battery staple"


def deliver() -> None:
    for pk in outbox.claim(now=timezone.now()):
        assert outbox.deliver(outbox_id=pk, now=timezone.now())


def invited(cast: Cast, email: str = "New.Person@vendor.example", roles: tuple[str, ...] = ("tam",)) -> Invitation:
    return invitations.invite(by=cast.actor("adam"), email=email, name="New Person", roles=roles, now=timezone.now())


def link_in_mail() -> str:
    found = re.search(r"http://\S+(/welcome/\S+/)", mail.outbox[-1].body)
    assert found
    return found.group(1)


def accept(client: Client, link: str, password: str = PASSWORD) -> int:
    return client.post(link, {"name": "New Person", "timezone": "Europe/Berlin", "password": password}).status_code


def test_an_invited_person_comes_in_with_their_roles(client: Client, cast: Cast) -> None:
    invited(cast)
    deliver()
    assert mail.outbox[-1].to == ["new.person@vendor.example"]
    assert mail.outbox[-1].extra_headers["Message-ID"]
    link = link_in_mail()
    assert client.get(link).status_code == 200
    assert accept(client, link) == 302
    user = User.objects.get(email="new.person@vendor.example")
    assert user.current_roles() == {"tam"}
    assert client.get(reverse("hub:why")).status_code == 200


def test_a_link_works_once(client: Client, cast: Cast) -> None:
    invited(cast)
    deliver()
    link = link_in_mail()
    assert accept(client, link) == 302
    assert accept(Client(), link) == 404
    assert User.objects.filter(email="new.person@vendor.example").count() == 1


def test_every_dead_link_says_the_same(client: Client, cast: Cast) -> None:
    row = invited(cast)
    link = invitations.link_of(row).removeprefix("http://localhost:8000")
    pages = {client.get("/welcome/nonsense/").content, client.get(link[:-4] + "xyz/").content}
    Invitation.objects.filter(pk=row.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    pages.add(client.get(link).content)
    revoked = invited(cast, "other@vendor.example")
    dead = invitations.link_of(revoked).removeprefix("http://localhost:8000")
    invitations.revoke(invitation=revoked, by=cast.actor("adam"), now=timezone.now())
    pages.add(client.get(dead).content)
    assert len({re.sub(rb"nonce=\S+|csrf\S+", b"", page) for page in pages}) == 1


def test_sending_again_ends_the_earlier_link(client: Client, cast: Cast) -> None:
    row = invited(cast)
    earlier = invitations.link_of(row).removeprefix("http://localhost:8000")
    invitations.resend(invitation=row, by=cast.actor("adam"), now=timezone.now())
    assert client.get(earlier).status_code == 404
    row.refresh_from_db()
    assert client.get(invitations.link_of(row).removeprefix("http://localhost:8000")).status_code == 200


def test_a_weak_password_is_refused_at_its_field(client: Client, cast: Cast) -> None:
    link = invitations.link_of(invited(cast)).removeprefix("http://localhost:8000")
    assert accept(client, link, "short") == 400
    assert accept(client, link, "new.person@vendor") == 400
    assert not User.objects.filter(email="new.person@vendor.example").exists()


@pytest.mark.parametrize("person", ["max", "tom", "sara", "connie"])
def test_who_may_not_manage_people_invites_nobody(cast: Cast, person: str) -> None:
    with pytest.raises(NotAllowed):
        invitations.invite(by=cast.actor(person), email="x@y.example", name="X", now=timezone.now())
    assert not Invitation.objects.exists()


def test_known_people_and_unknown_roles_are_refused(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        invited(cast, cast.tom.email.upper())
    assert refused.value.field == "email"
    with pytest.raises(DomainError) as refused:
        invited(cast, roles=("emperor",))
    assert refused.value.field == "roles"


def test_a_second_invitation_replaces_the_first(cast: Cast) -> None:
    first, second = invited(cast), invited(cast)
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert second.revoked_at is None


def test_no_mail_goes_out_for_an_invitation_that_was_taken_back(cast: Cast) -> None:
    row = invited(cast)
    invitations.revoke(invitation=row, by=cast.actor("adam"), now=timezone.now())
    deliver()
    assert mail.outbox == []
    assert Outbox.objects.filter(done_at__isnull=True).count() == 0


def test_a_newcomer_is_signed_in_like_everybody_else(client: Client, cast: Cast) -> None:
    """The session stands in their list, and can be ended there."""
    invited(cast)
    deliver()
    accept(client, link_in_mail())
    user = User.objects.get(email="new.person@vendor.example")
    assert [
        row.is_current for row in sessions_of(user=user, current_session=client.session.session_key, now=now())
    ] == [True]
    assert Activity.objects.filter(verb="invitation.accepted", actor_id=user.pk).count() == 1


def test_somebody_else_at_the_same_browser_is_signed_out(client: Client, cast: Cast) -> None:
    invited(cast)
    deliver()
    client.force_login(cast.tom)
    link = link_in_mail()
    assert "You are signed in as Tom Okafor" in client.get(link).content.decode()
    accept(client, link)
    assert client.session["_auth_user_id"] == str(User.objects.get(email="new.person@vendor.example").pk)


def test_a_contact_comes_into_the_portal_of_their_organization(client: Client, cast: Cast) -> None:
    contact = make_contact(cast.northwind, name="Cora Newcomer", email="cora@northwind.example")
    contacts.invite_to_portal(by=cast.actor("ana"), contact=contact, now=now())
    deliver()
    assert "portal" in mail.outbox[-1].body
    assert accept(client, link_in_mail()) == 302
    user = User.objects.get(email="cora@northwind.example")
    contact.refresh_from_db()
    assert (user.audience, contact.user_id, user.current_roles()) == ("contact", user.pk, frozenset())
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("partners:portal")
    # The trail is never changed: it says that somebody was invited, and not who.
    rows = Activity.objects.filter(target_type="invitation").values_list("target_name", "changes")
    assert "cora" not in str(list(rows)).lower()


def test_names_in_a_mail_are_text(cast: Cast) -> None:
    cast.adam.name = "<b>Adam</b>\r\nBcc: x@evil.example"
    cast.adam.save()
    invited(cast)
    deliver()
    letter = mail.outbox[-1]
    assert "\n" not in letter.subject
    html = letter.alternatives[0][0]
    assert "<b>Adam</b>" not in html
    assert "&lt;b&gt;Adam&lt;/b&gt;" in html
    assert list(letter.recipients()) == ["new.person@vendor.example"]


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_followed_twice_at_once_makes_one_person() -> None:
    with scoped(Scope.all()):
        admin = make_user("admin")
        row = invitations.invite(by=actor(admin), email="n@vendor.example", name="N", roles=["tam"], now=now())
        token = invitations.link_of(row).rstrip("/").rpartition("/")[2]
    barrier, outcomes = threading.Barrier(2), []

    def follow() -> None:
        try:
            barrier.wait(5)
            with transaction.atomic():
                invitations.accept(token=token, name="N", password=PASSWORD, timezone="UTC", now=now())
            outcomes.append("in")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) == ["ended", "in"]
    assert User.objects.filter(email="n@vendor.example").count() == 1
