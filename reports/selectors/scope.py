"""The organizations of a report: what its reader opens in full today, narrowed by the vocabulary of the lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.models import Team, User
from accounts.rules.access import Actor
from common.listing import ListQuery
from partners import filters
from partners.models import Assignment, Organization
from reports.rules.kpi_packs import SCOPES, Report

MOST_PEOPLE = 200


@dataclass(frozen=True, kw_only=True)
class ReportScope:
    """The organizations of `report` in the hands of `actor`; nothing is read yet."""

    actor: Actor
    report: Report
    query: ListQuery
    now: datetime

    @cached_property
    def organizations(self) -> Any:
        return self._narrowed(Organization.objects.opened_to(self.actor))

    @cached_property
    def commercial(self) -> Any:
        """Those of them whose commercial fields the reader reads."""
        rows: Any = Organization.objects.with_reach(self.actor)
        return self._narrowed(rows.filter(shows_commercial=True))

    @property
    def words(self) -> Mapping[str, str]:
        """What the report is narrowed to, for targets: criteria with one value."""
        found = {key: self.query.all(key) for key in SCOPES}
        words = {key: values[0] for key, values in found.items() if len(values) == 1}
        return {"report": self.report.id, **({"kind": self.report.kind} if self.report.kind else {}), **words}

    def _narrowed(self, opened: Any) -> Any:
        found = filters.apply(opened, self.query, actor=self.actor, now=self.now, with_archived=True)
        if self.report.kind:
            found = found.filter(kind=self.report.kind)
        if self.report.is_launched:
            found = found.filter(launched_on__isnull=False)
        return found.order_by()


def people_in(actor: Actor) -> list[tuple[str, str]]:
    """Who owns the organizations that `actor` opens, by name, with their public ids; 200 at most."""
    held = Assignment.objects.active().filter(organization__in=Organization.objects.opened_to(actor).values("pk"))
    rows = User.objects.filter(pk__in=held.values("user_id")).order_by("name_sort", "pk")
    return [(str(public_id), name) for public_id, name in rows.values_list("public_id", "name")[:MOST_PEOPLE]]


def teams_for(actor: Actor) -> list[tuple[str, str]]:
    """The teams that there are, by name."""
    rows = Team.objects.all().visible_to(actor).filter(archived_at=None).order_by("name")
    return [(str(public_id), name) for public_id, name in rows.values_list("public_id", "name")[:MOST_PEOPLE]]
