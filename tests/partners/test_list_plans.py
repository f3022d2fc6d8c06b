"""Who sees everything sorts nothing: the orders of a list that an index holds are read from it, a page at a time."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from common.listing import ListQuery
from common.pagination import _beyond
from partners.choices import CUSTOMER_STAGES, PARTNER_STAGES
from partners.lists import PAGE_SIZE, OrganizationList, open_list
from partners.models import Organization, OrganizationFacts
from tests.cast import Cast

pytestmark = pytest.mark.django_db
COUNT = 3_000


@pytest.fixture
def world(cast: Cast) -> None:
    now = timezone.now()
    stages = [*PARTNER_STAGES, *CUSTOMER_STAGES]
    made = Organization.objects.bulk_create(
        Organization(
            kind="partner" if (stage := stages[number % len(stages)]) in PARTNER_STAGES else "customer",
            stage=stage,
            name=f"Company {number * 7919 % COUNT:05}",
            stage_entered_at=now - timedelta(hours=number),
        )
        for number in range(COUNT)
    )
    OrganizationFacts.objects.bulk_create(OrganizationFacts(organization=one) for one in made)


def listed(cast: Cast, query: str) -> OrganizationList:
    return open_list(cast.actor("max"), ListQuery.parse(query, ("sort", "group")), path="/", now=timezone.now())


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The nodes that read and order the rows; what belongs to a single row of them is another matter."""
    if plan.get("Parent Relationship") in ("SubPlan", "InitPlan"):
        return
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plan_of(shown: OrganizationList, *, deep: bool) -> list[dict[str, Any]]:
    """With sorting made dear: rows that nobody has counted yet look too few to be worth an index."""
    rows = shown.rows
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
    if deep:
        middle = shown._placed(shown.found).order_by(*shown.order.ordering())[COUNT // 2]
        key = tuple(getattr(middle, column.name) for column in shown.order.columns)
        rows = rows.filter(_beyond(shown.order.columns, key, backwards=False))
    text = rows.order_by(*shown.order.ordering())[: PAGE_SIZE + 1].explain(format="json")
    return list(nodes(json.loads(text)[0]["Plan"]))


def test_a_page_is_read_from_an_index(cast: Cast, world: None) -> None:
    for query in ("", "sort=stage", "sort=-stage", "group=stage", "sort=-name", "sort=age", "sort=-added"):
        for deep in (False, True):
            kinds = [node["Node Type"] for node in plan_of(listed(cast, query), deep=deep)]
            assert {"Sort", "Incremental Sort"}.isdisjoint(kinds), (query, deep, kinds)
            assert any(kind.startswith("Index") for kind in kinds), (query, deep)


def test_other_orders_within_stages_sort_a_stage_at_a_time(cast: Cast, world: None) -> None:
    for query in ("group=stage&sort=-name", "group=stage&sort=age"):
        found = plan_of(listed(cast, query), deep=False)
        assert "Sort" not in [node["Node Type"] for node in found], query
        (sort,) = [node for node in found if node["Node Type"] == "Incremental Sort"]
        assert [key.split(".")[-1] for key in sort["Presorted Key"]] == ["stage_rank"], query


def test_the_rank_of_a_stage_is_its_place_in_the_journeys(cast: Cast, world: None) -> None:
    ranked = dict(Organization.objects.values_list("stage", "stage_rank"))
    assert sorted(ranked, key=lambda stage: ranked[stage]) == [*PARTNER_STAGES, *CUSTOMER_STAGES]
