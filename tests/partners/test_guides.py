"""The documentation hub: rows follow the pack, guides are found, read, kept and looked over in time."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from common.errors import DomainError, Missing, NotAllowed
from common.models import PolicyVersion
from common.palette import find_everything
from partners import guide_policy
from partners.models import Guide
from partners.rules.guides import parse_guides
from partners.selectors import guides as reading
from partners.services import gates, guides
from tests.cast import Cast
from tests.factories.partners import NOW

pytestmark = pytest.mark.django_db

KEY = "executive_sponsorship_validation"


def pack(*ids: str, stage: str = "gate_1") -> Any:
    """A pack of guides with these ids."""
    common = {"owner_role": "pdm", "review_days": 30, "body": {"en": "Do it"}}
    texts = [{"id": key, "title": {"en": key}, **common} for key in ids]
    section = {"id": "one", "title": {"en": "One"}, "kinds": ["partner"], "stage": stage, "roles": ["pdm"]}
    return parse_guides({"sections": [{**section, "guides": texts}]}, version=1)


class TestFollowingThePack:
    def test_the_shipped_pack_has_its_rows(self) -> None:
        policy = guide_policy.policy_in_force()
        assert len(policy.sections) == 14
        assert set(Guide.objects.values_list("key", flat=True)) == set(policy.guides)
        assert not Guide.objects.filter(review_due_on__isnull=True).exists()

    def test_what_the_pack_has_no_more_is_retired_and_may_come_back(self, cast: Cast) -> None:
        Guide.objects.all().delete()
        guides.sync(pack("a", "b"), now=NOW)
        Guide.objects.filter(key="a").update(owner=cast.paul)
        guides.sync(pack("b", "c", stage="gate_2"), now=NOW)
        assert list(Guide.objects.filter(retired_at__isnull=True).order_by("key").values_list("key", "stage")) == [
            ("b", "gate_2"),
            ("c", "gate_2"),
        ]
        guides.sync(pack("a", "b", "c"), now=NOW + timedelta(days=1))
        back = Guide.objects.get(key="a")
        assert (back.retired_at, back.owner_id) == (None, cast.paul.pk)

    def test_again_changes_nothing(self) -> None:
        before = list(Guide.objects.order_by("pk").values())
        guides.sync(guide_policy.policy_in_force(), now=NOW + timedelta(days=90))
        assert list(Guide.objects.order_by("pk").values()) == before


class TestReading:
    def titles(self, cast: Cast, who: str = "paul", **wanted: Any) -> list[str]:
        sections = reading.hub(cast.actor(who), guide_policy.policy_in_force(), reading.GuideFilter(**wanted), now=NOW)
        return [row.title for section in sections for row in section.rows]

    def test_all_of_them_in_the_order_of_the_pack(self, cast: Cast) -> None:
        assert len(self.titles(cast)) == len(guide_policy.policy_in_force().guides)

    def test_narrowed(self, cast: Cast) -> None:
        everything = self.titles(cast)
        narrow = ({"stage": "gate_2"}, {"phase": "1A"}, {"role": "tam"}, {"text": "sponsor"}, {"kind": "customer"})
        for wanted in narrow:
            found = self.titles(cast, **wanted)
            assert found != everything
            assert set(found) <= set(everything)
        assert "Executive Sponsorship Validation Guide" in self.titles(cast, text="SPONSOR validation")
        assert self.titles(cast, text="no such words anywhere") == []

    def test_those_of_a_gate_for_ones_role(self, cast: Cast) -> None:
        def shown(who: str, stage: str) -> list[str]:
            found = reading.guides_for(cast.actor(who), kind="partner", stage=stage, now=NOW)
            return [row.key for row in found]

        assert KEY in shown("ana", "pre_contract")
        assert shown("paul", "gate_1")
        assert shown("tina", "gate_1") != shown("paul", "gate_1") or shown("tina", "gate_1") == []
        # Who works in no role there is shown what everybody needs.
        assert shown("max", "gate_1")
        assert len(shown("max", "gate_1")) <= reading.SHOWN

    def test_the_palette_finds_them(self, cast: Cast) -> None:
        groups = find_everything(cast.actor("ana"), "sponsorship", limit=5)
        found = [item.url for group in groups for item in group.items]
        assert reverse("partners:guide", args=[KEY]) in found


class TestKeeping:
    def test_looked_over_counts_from_today(self, cast: Cast) -> None:
        row = guides.mark_reviewed(by=cast.actor("ana"), key=KEY, now=NOW)
        assert (row.reviewed_on, row.reviewed_by_id) == (NOW.date(), cast.ana.pk)
        assert row.review_due_on == NOW.date() + timedelta(days=180)

    @pytest.mark.parametrize(
        ("who", "may"), [("ana", True), ("olga", True), ("adam", True), ("tom", False), ("max", False)]
    )
    def test_by_its_role_its_owner_and_administrators(self, cast: Cast, who: str, may: bool) -> None:
        if may:
            guides.mark_reviewed(by=cast.actor(who), key=KEY, now=NOW)
        else:
            with pytest.raises(NotAllowed):
                guides.mark_reviewed(by=cast.actor(who), key=KEY, now=NOW)

    def test_given_to_somebody_of_its_role(self, cast: Cast) -> None:
        by = cast.actor("adam")
        guides.assign(by=by, key=KEY, owner=cast.olga, now=NOW)
        assert Guide.objects.get(key=KEY).owner_id == cast.olga.pk
        assert Notification.objects.filter(user=cast.olga, kind="guides").count() == 1
        with pytest.raises(DomainError) as caught:
            guides.assign(by=by, key=KEY, owner=cast.tom, now=NOW)
        assert caught.value.field == "owner"
        guides.assign(by=by, key=KEY, owner=None, now=NOW)
        assert Guide.objects.get(key=KEY).owner_id is None

    def test_what_is_none(self, cast: Cast) -> None:
        with pytest.raises(Missing):
            guides.mark_reviewed(by=cast.actor("adam"), key="nonsense", now=NOW)

    def test_the_owner_hears_once_that_it_is_due(self, cast: Cast) -> None:
        Guide.objects.filter(key=KEY).update(owner=cast.ana, review_due_on=date(2026, 3, 1))
        for days in (0, 1):
            guides.remind_overdue(now=NOW + timedelta(days=days))
        assert Notification.objects.filter(user=cast.ana, kind="guides").count() == 1
        assert guides.is_overdue(Guide.objects.get(key=KEY), NOW.date())


class TestPages:
    def test_colleagues_read_and_others_do_not(self, client: Client, cast: Cast) -> None:
        for name, status in (("tom", 200), ("sue", 200), ("sam", 200), ("connie", 404)):
            client.force_login(getattr(cast, name))
            assert client.get(reverse("partners:guides")).status_code == status, name
            assert client.get(reverse("partners:guide", args=[KEY])).status_code == status, name

    @pytest.mark.parametrize("query", ["?stage=x&phase=\0&role=nobody&kind=z&q=%00", "?late=1", "?q=" + "x" * 3000])
    def test_odd_filters_break_nothing(self, client: Client, cast: Cast, query: str) -> None:
        client.force_login(cast.tom)
        assert client.get(reverse("partners:guides") + query).status_code == 200

    def test_an_article_is_rendered_and_kept(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.ana)
        page = client.get(reverse("partners:guide", args=[KEY])).content.decode()
        assert "<em>Evidence of commitment</em>" in page
        client.post(reverse("partners:guide_reviewed", args=[KEY]))
        assert Guide.objects.get(key=KEY).reviewed_on == timezone.localdate()
        assert client.post(reverse("partners:guide_keeper", args=[KEY]), {"owner": cast.tom.email}).status_code == 422
        client.post(reverse("partners:guide_keeper", args=[KEY]), {"owner": cast.ana.email})
        assert Guide.objects.get(key=KEY).owner_id == cast.ana.pk

    def test_those_who_do_not_keep_it_have_no_buttons(self, client: Client, cast: Cast) -> None:
        client.force_login(cast.tom)
        address = reverse("partners:guide_reviewed", args=[KEY])
        assert address not in client.get(reverse("partners:guide", args=[KEY])).content.decode()
        assert client.post(address).status_code == 403
        assert client.get(reverse("partners:guide", args=["nonsense"])).status_code == 404

    def test_without_a_pack_it_says_so(self, client: Client, cast: Cast) -> None:
        PolicyVersion.objects.filter(name="guides").update(is_active=False)
        client.force_login(cast.tom)
        assert "No guides yet" in client.get(reverse("partners:guides")).content.decode()


def test_the_gate_page_shows_those_of_ones_role(client: Client, cast: Cast) -> None:
    gates.open_review(organization=cast.northwind, now=NOW)
    client.force_login(cast.petra)
    address = reverse("partners:gate", args=[cast.northwind.public_id, "gate_3"])
    wanted = reading.guides_for(cast.actor("petra"), kind="partner", stage="gate_3", now=NOW)
    page = client.get(address).content.decode()
    assert wanted
    assert all(row.url in page for row in wanted)
