"""Two workers at once, while somebody writes: no change is lost, none is counted twice."""

from datetime import UTC, datetime
from typing import Any

import pytest

from common.scope import Scope, scoped
from partners.models import Organization, Touchpoint
from reports.models import DailyFact, FactMark
from reports.services import facts
from tests.factories.partners import make_partner
from tests.factories.tasks import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 7, 20, tzinfo=UTC)


def test_workers_and_a_writer_at_once_leave_what_is_made_anew() -> None:
    with scoped(Scope.all()):
        places = [make_partner("post_launch") for _ in range(6)]

    def work() -> None:
        facts.refresh(now=NOW)

    def write(first: int) -> None:
        for number in range(first, first + 20):
            hold(places[number % len(places)], number)

    for first in (0, 20, 40):
        assert in_threads(work, work, lambda first=first: write(first)) == [None] * 3
    with scoped(Scope.all()):
        while facts.refresh(now=NOW):
            pass
        assert not FactMark.objects.exists()
        kept = held()
        assert sum(total for _key, total in kept) == 60
        DailyFact.objects.all().delete()
        after = 0
        while after := facts.rebuild_next(after=after, now=NOW):
            pass
        assert held() == kept


def hold(place: Organization, number: int) -> None:
    on = datetime(2026, 4, 1 + number % 28, tzinfo=UTC)
    Touchpoint.objects.create(
        organization=place, kind="check_in", state="done", planned_on=on.date(), overdue_from=on.date(), closed_at=on
    )


def held() -> list[Any]:
    rows = DailyFact.objects.filter(measure="check_ins_kept").order_by("organization_id", "day")
    return [((row.organization_id, row.day), row.denominator) for row in rows]
