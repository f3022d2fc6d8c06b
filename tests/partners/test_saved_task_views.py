"""Lists of tasks under a name: own ones, and those of an organization, where a view holds at every organization."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SavedView
from accounts.services import saved_views
from tests.cast import Cast
from tests.factories.partners import NOW, make_partner
from tests.factories.tasks import make_task

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = date.today()  # noqa: DTZ011 - pages read the clock themselves; a day more or less changes nothing here
TASKS = "/tasks/"


@pytest.fixture
def visit(cast: Cast) -> Any:
    """A client of somebody of the cast."""

    def client(name: str) -> Client:
        found = Client()
        found.force_login(getattr(cast, name))
        return found

    return client


def kept(cast: Cast, who: str, query: str, *, page: str = "tasks", name: str = "A view", **fields: bool) -> SavedView:
    return saved_views.save_view(by=cast.actor(who), page=page, name=name, query=query, now=NOW, **fields)


def titles(response: Any) -> list[str]:
    return [line.row.title for line in response.context["shown"].lines()]


def tab(organization: Any) -> str:
    return reverse("partners:organization_tasks", args=[organization.public_id])


class TestOwn:
    def test_save_and_open(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Theirs", owner=cast.tom, court="partner")
        make_task(cast.northwind, title="Ours", owner=cast.tom)
        client = visit("tom")
        page = client.get(f"{TASKS}?court=partner&sort=-due&group=organization&junk=1")
        form = client.get(page.context["view_new_url"])
        assert form.context["query"] == "court=partner&sort=-due&group=organization"
        answer = client.post(page.context["view_new_url"], {"name": "Their move", "query": form.context["query"]})
        view = SavedView.objects.get()
        assert (view.page, view.name, view.user_id) == ("tasks", "Their move", cast.tom.pk)
        assert answer["Location"] == f"{TASKS}?court=partner&sort=-due&group=organization&view={view.public_id}"
        opened = client.get(answer["Location"])
        assert titles(opened) == ["Theirs"]
        assert opened.context["view"].public_id == view.public_id
        assert "Their move" in opened.content.decode()

    def test_the_default_opens_by_itself(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Theirs", owner=cast.tom, court="partner")
        make_task(cast.northwind, title="Ours", owner=cast.tom)
        kept(cast, "tom", "court=partner", is_default=True)
        client = visit("tom")
        assert titles(client.get(TASKS)) == ["Theirs"]
        assert set(titles(client.get(f"{TASKS}?all=1"))) == {"Theirs", "Ours"}
        assert titles(client.get(f"{TASKS}?court=us")) == ["Ours"]
        assert titles(client.get(client.get(TASKS).context["clear_url"])) == titles(client.get(f"{TASKS}?all=1"))

    def test_a_shared_view_shows_each_reader_what_is_theirs(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Of Tom", owner=cast.tom, court="partner")
        make_task(make_partner("gate_3"), title="Foreign", owner=cast.petra, court="partner")
        view = kept(cast, "max", "whose=all&court=partner", is_shared=True)
        url = f"{TASKS}?view={view.public_id}"
        assert set(titles(visit("max").get(url))) == {"Of Tom", "Foreign"}
        page = visit("tom").get(url)
        assert titles(page) == ["Of Tom"]
        assert not page.context["is_own_view"]
        assert page.context["view_edit_url"] == ""

    def test_others_neither_see_a_private_one_nor_change_a_shared_one(self, cast: Cast, visit: Any) -> None:
        shared = kept(cast, "max", "", name="Shared", is_shared=True)
        private = kept(cast, "max", "", name="Private")
        client = visit("tom")
        assert [view.name for view, _url, _active in client.get(TASKS).context["view_tabs"]] == ["Shared"]
        for action in ("edit", "update", "delete"):
            sent = {"name": "Mine", "query": ""}
            for view, status in ((shared, 403), (private, 404)):
                url = reverse(f"partners:task_view_{action}", args=[view.public_id])
                assert client.post(url, sent).status_code == status
        assert sorted(SavedView.objects.values_list("name", flat=True)) == ["Private", "Shared"]

    def test_a_changed_list_can_be_kept_renamed_and_forgotten(self, cast: Cast, visit: Any) -> None:
        view, client = kept(cast, "tom", "court=partner"), visit("tom")
        changed = client.get(f"{TASKS}?court=us&view={view.public_id}")
        assert changed.context["is_changed"]
        client.post(changed.context["view_update_url"], {"query": changed.context["query_text"]})
        client.post(changed.context["view_edit_url"], {"name": "Ours", "is_shared": "on"})
        view.refresh_from_db()
        assert (view.query, view.name, view.is_shared) == ("court=us", "Ours", True)
        answer = client.post(reverse("partners:task_view_delete", args=[view.public_id]))
        assert answer["Location"] == f"{TASKS}?all=1"
        assert not SavedView.objects.exists()

    def test_lists_keep_their_views_apart(self, cast: Cast, visit: Any) -> None:
        of_organizations = kept(cast, "tom", "stage=gate_3", page="organizations")
        client = visit("tom")
        assert client.get(TASKS).context["view_tabs"] == []
        assert client.get(reverse("partners:task_view_edit", args=[of_organizations.public_id])).status_code == 404

    def test_contacts_have_none(self, cast: Cast, visit: Any) -> None:
        view = kept(cast, "max", "", is_shared=True)
        client = visit("connie")
        assert client.get(reverse("partners:task_view_new")).status_code == 404
        assert client.get(reverse("partners:task_view_edit", args=[view.public_id])).status_code == 404


class TestOfAnOrganization:
    def test_by_phase_until_something_is_asked(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Late", owner=cast.petra, due_on=TODAY - 9 * DAY)
        make_task(cast.northwind, title="Later", owner=cast.tom, due_on=TODAY + 90 * DAY)
        make_task(cast.birch, title="Elsewhere", owner=cast.tom, due_on=TODAY - 9 * DAY)
        client = visit("tom")
        assert client.get(tab(cast.northwind)).context["found"].overdue == 1
        assert titles(client.get(f"{tab(cast.northwind)}?due=overdue")) == ["Late"]
        assert titles(client.get(f"{tab(cast.northwind)}?sort=-due")) == ["Later", "Late"]
        assert titles(client.get(f"{tab(cast.northwind)}?whose=mine")) == ["Later"]

    def test_another_organization_cannot_be_asked_for(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Here", owner=cast.tom)
        foreign = make_partner("gate_3")
        make_task(foreign, title="Foreign", owner=cast.petra)
        page = visit("tom").get(f"{tab(cast.northwind)}?in={foreign.public_id}&state=any")
        assert titles(page) == ["Here"]
        assert visit("tom").get(f"{tab(foreign)}?state=any").status_code == 404
        assert visit("sam").get(f"{tab(cast.northwind)}?state=any").status_code == 403

    def test_groups(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="A", owner=cast.petra, due_on=TODAY)
        make_task(cast.northwind, title="B", owner=cast.tom, due_on=TODAY)
        shown = visit("tom").get(f"{tab(cast.northwind)}?group=owner").context["shown"]
        assert [line.heading for line in shown.lines()] == [cast.petra.name, cast.tom.name]
        assert visit("tom").get(f"{tab(cast.northwind)}?group=organization").context["shown"].group == ""

    def test_a_view_holds_at_every_organization_and_leads_back(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="North", owner=cast.tom, court="partner")
        make_task(cast.birch, title="Birch", owner=cast.tom, court="partner")
        make_task(cast.birch, title="Ours", owner=cast.tom)
        client = visit("tom")
        page = client.get(f"{tab(cast.northwind)}?court=partner")
        answer = client.post(page.context["view_new_url"], {"name": "Their move", "query": page.context["query_text"]})
        view = SavedView.objects.get()
        assert view.page == "organization_tasks"
        assert answer["Location"] == f"{tab(cast.northwind)}?court=partner&view={view.public_id}"
        assert titles(client.get(f"{tab(cast.birch)}?view={view.public_id}")) == ["Birch"]
        assert client.get(TASKS).context["view_tabs"] == []
        deleted = client.post(client.get(client.get(answer["Location"]).context["view_edit_url"]).context["delete_url"])
        assert deleted["Location"] == f"{tab(cast.northwind)}?all=1"

    def test_a_default_gives_way_to_the_phases(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Ours", owner=cast.tom)
        kept(cast, "tom", "court=partner", page="organization_tasks", is_default=True)
        client = visit("tom")
        assert titles(client.get(tab(cast.northwind))) == []
        assert "found" in client.get(f"{tab(cast.northwind)}?all=1").context

    def test_its_file_holds_its_own_alone(self, cast: Cast, visit: Any) -> None:
        make_task(cast.northwind, title="Of Petra", owner=cast.petra)
        make_task(cast.birch, title="Elsewhere", owner=cast.tom)
        client = visit("tom")
        page = client.get(f"{tab(cast.northwind)}?court=us")
        text = client.post("/tasks/export/", {"query": page.context["file_text"]}).content.decode()
        assert "Of Petra" in text
        assert "Elsewhere" not in text

    def test_nobody_is_led_elsewhere(self, cast: Cast, visit: Any) -> None:
        url = f"{reverse('partners:organization_task_view_new')}?next=https://evil.example/"
        answer = visit("tom").post(url, {"name": "A", "query": ""})
        assert answer["Location"].startswith(TASKS)
