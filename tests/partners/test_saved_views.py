"""Saved views: a list under a name, kept after sign-out, shared or not, and one that opens by itself."""

import pytest

from accounts.models import SavedView, User
from accounts.services import saved_views
from common.errors import DomainError, Missing, NotAllowed
from tests.partners.page_world import NOW, actor, organization, person, signed_in

pytestmark = pytest.mark.django_db

LIST = "/organizations/"


@pytest.fixture
def ana() -> User:
    return person("Ana Silva", "admin")


@pytest.fixture
def ben() -> User:
    return person("Ben Novak", "manager")


def kept(user: User, name: str, query: str, **fields: bool) -> SavedView:
    return saved_views.save_view(by=actor(user), page="organizations", name=name, query=query, now=NOW, **fields)


def test_from_the_list_to_a_view_and_back(ana: User) -> None:
    organization("Late", "gate_3")
    client = signed_in(ana)
    page = client.get("/organizations/views/new/?query=stage%3Dgate_3%26sort%3D-age%26junk%3D1%26cursor%3Dx")
    assert page.context["query"] == "stage=gate_3&sort=-age"
    answer = client.post(
        "/organizations/views/new/", {"name": " Late  ones ", "query": page.context["query"], "is_shared": "on"}
    )
    view = SavedView.objects.get()
    assert (view.name, view.query, view.is_shared, view.is_default) == (
        "Late ones",
        "stage=gate_3&sort=-age",
        True,
        False,
    )
    assert answer["Location"] == f"{LIST}?stage=gate_3&sort=-age&view={view.public_id}"
    opened = signed_in(ana).get(answer["Location"])
    assert [line.row.name for line in opened.context["lines"]] == ["Late"]
    assert opened.context["view"].public_id == view.public_id


def test_the_default_opens_by_itself_and_gives_way_to_every_wish(ana: User) -> None:
    organization("Alpha", "gate_3")
    organization("Beta")
    kept(ana, "Gate 3", "stage=gate_3", is_default=True)

    def names(query: str) -> list[str]:
        return [line.row.name for line in signed_in(ana).get(f"{LIST}{query}").context["lines"]]

    assert names("") == ["Alpha"]
    assert names("?all=1") == ["Alpha", "Beta"]
    assert names("?kind=partner") == ["Alpha", "Beta"]
    assert names("?sort=-name") == ["Beta", "Alpha"]


def test_there_is_one_default(ana: User) -> None:
    first, second = kept(ana, "One", "", is_default=True), kept(ana, "Two", "", is_default=True)
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    saved_views.change_view(by=actor(ana), view=first, is_default=True, now=NOW)
    second.refresh_from_db()
    assert not second.is_default


def test_shared_ones_are_seen_and_not_changed_by_others(ana: User, ben: User) -> None:
    shared, private = kept(ana, "Shared", "stage=gate_3", is_shared=True), kept(ana, "Private", "")
    client = signed_in(ben)
    assert [view.name for view, _url, _active in client.get(LIST).context["view_tabs"]] == [shared.name]
    page = client.get(f"{LIST}?stage=gate_3&view={shared.public_id}")
    assert page.context["view"].public_id == shared.public_id
    assert not page.context["is_own_view"]
    assert client.post(f"/organizations/views/{shared.public_id}/", {"name": "Mine now"}).status_code == 403
    assert client.post(f"/organizations/views/{shared.public_id}/update/", {"query": ""}).status_code == 403
    assert client.post(f"/organizations/views/{shared.public_id}/delete/").status_code == 403
    for path in ("", "update/", "delete/"):
        assert client.post(f"/organizations/views/{private.public_id}/{path}").status_code == 404
    assert client.get(f"{LIST}?view={private.public_id}").context["view"] is None
    shared.refresh_from_db()
    assert shared.name == "Shared"


def test_somebody_elses_default_is_not_mine(ana: User, ben: User) -> None:
    organization("Beta")
    kept(ana, "Shared", "stage=gate_3", is_shared=True, is_default=True)
    assert [line.row.name for line in signed_in(ben).get(LIST).context["lines"]] == ["Beta"]


def test_a_changed_list_can_be_kept_in_its_view(ana: User) -> None:
    view = kept(ana, "Mine", "stage=gate_3")
    client = signed_in(ana)
    assert not client.get(f"{LIST}?stage=gate_3&view={view.public_id}").context["is_changed"]
    changed = client.get(f"{LIST}?stage=gate_2&view={view.public_id}")
    assert changed.context["is_changed"]
    client.post(f"/organizations/views/{view.public_id}/update/", {"query": changed.context["query_text"]})
    view.refresh_from_db()
    assert view.query == "stage=gate_2"


def test_rename_share_delete(ana: User) -> None:
    view = kept(ana, "Mine", "")
    client = signed_in(ana)
    client.post(f"/organizations/views/{view.public_id}/", {"name": "Ours", "is_shared": "on", "is_default": "on"})
    view.refresh_from_db()
    assert (view.name, view.is_shared, view.is_default) == ("Ours", True, True)
    answer = client.post(f"/organizations/views/{view.public_id}/delete/", follow=True)
    assert "is deleted" in answer.content.decode()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "words"), [("Mine", "of this name already"), ("", "required"), ("x" * 90, "at most 80")]
)
def test_a_name_that_does_not_do(ana: User, name: str, words: str) -> None:
    kept(ana, "Mine", "")
    answer = signed_in(ana).post("/organizations/views/new/", {"name": name, "query": ""})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_a_view_of_old_words_still_opens(ana: User) -> None:
    organization("Beta")
    view = kept(ana, "Old", "stage=gate_9&sort=gone&columns=nothing")
    page = signed_in(ana).get(f"{LIST}?view={view.public_id}")
    assert [line.row.name for line in page.context["lines"]] == ["Beta"]
    assert "Not understood" in page.content.decode()


class TestService:
    def test_fifty_are_enough(self, ana: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(saved_views, "MAX_VIEWS", 1)
        kept(ana, "One", "")
        with pytest.raises(DomainError, match="Delete one first"):
            kept(ana, "Two", "")

    def test_contacts_have_none(self) -> None:
        with pytest.raises(NotAllowed):
            kept(person("Carla", audience="contact"), "One", "")

    def test_one_that_is_gone(self, ana: User) -> None:
        view = kept(ana, "One", "")
        SavedView.objects.all().delete()
        with pytest.raises(Missing):
            saved_views.delete_view(by=actor(ana), view=view, now=NOW)
