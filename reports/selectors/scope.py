"""The organizations of a report: what its reader opens in full today, narrowed by the vocabulary of the lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Value

from accounts.models import Team, User
from accounts.rules.access import Actor
from common import composed
from common.listing import ListQuery
from partners import filters
from partners.models import Assignment, Organization
from reports.rules.kpi_packs import SCOPES, Report

MOST = 200


@dataclass(frozen=True, kw_only=True)
class ScopeKey:
    """The organizations of a report in the hands of a reader. The moment decides where the query asks for it alone."""

    actor: Actor
    kind: str
    is_launched: bool
    is_desk: bool
    query: ListQuery

    @property
    def is_asked_anew(self) -> bool:
        """Whether a clock or a search decides which they are, so that no text of them is kept."""
        return any(self.query.get(key) for key in filters.ASKED_ANEW)

    def organizations(self, now: datetime) -> Any:
        return self._narrowed(Organization.objects.opened_to(self.actor), now)

    def commercial(self, now: datetime) -> Any:
        rows: Any = Organization.objects.with_reach(self.actor)
        return self._narrowed(rows.filter(shows_commercial=True), now)

    def _narrowed(self, opened: Any, now: datetime) -> Any:
        if self.is_desk:
            return opened.none()
        found = filters.apply(opened, self.query, actor=self.actor, now=now, with_archived=True)
        if self.kind:
            found = found.filter(kind=self.kind)
        if self.is_launched:
            found = found.filter(launched_on__isnull=False)
        return found.order_by()


@dataclass(frozen=True, kw_only=True)
class ReportScope:
    """The organizations of `report` in the hands of `actor`; nothing is read yet.

    A report of the desk has none: its rows are those that its reader sees there (desk_scope.py), and `query` is one of
    the lists of tickets. `criterion` narrows failed criteria alone: a gate and a section of it ("gate_1:team").
    """

    actor: Actor
    report: Report
    query: ListQuery
    now: datetime
    criterion: str = ""

    @property
    def key(self) -> ScopeKey:
        """What decides which organizations these are, but for the moment."""
        return ScopeKey(
            actor=self.actor,
            kind=self.report.kind,
            is_launched=self.report.is_launched,
            is_desk=self.report.is_desk,
            query=self.query,
        )

    @property
    def organizations(self) -> Any:
        return self.key.organizations(self.now)

    @property
    def commercial(self) -> Any:
        """Those of them whose commercial fields the reader reads."""
        return self.key.commercial(self.now)

    @property
    def words(self) -> Mapping[str, str]:
        """What the report is narrowed to, for targets: criteria with one value."""
        found = {key: () if self.report.is_desk else self.query.all(key) for key in SCOPES}
        words = {key: values[0] for key, values in found.items() if len(values) == 1}
        return {"report": self.report.id, **({"kind": self.report.kind} if self.report.kind else {}), **words}


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Whom a report may be narrowed to: people and teams, by name, with their public ids; 200 of each at most."""

    people: tuple[tuple[str, str], ...]
    teams: tuple[tuple[str, str], ...]

    @property
    def names(self) -> dict[str, str]:
        """What they are called, by their ids."""
        return dict((*self.people, *self.teams))


def whose(actor: Actor) -> Whose:
    """Owners of the organizations that `actor` opens, and the teams that there are. One statement."""
    named = [(what, (str(public_id), name)) for what, public_id, name, _order in composed.fetch(_whose, actor)]
    return Whose(
        people=tuple(pair for what, pair in named if what == "person"),
        teams=tuple(pair for what, pair in named if what == "team"),
    )


def _whose(actor: Actor) -> Any:
    held = Assignment.objects.active().filter(organization__in=Organization.objects.opened_to(actor).values("pk"))
    people = User.objects.filter(pk__in=held.values("user_id")).order_by("name_sort", "pk")
    teams = Team.objects.all().visible_to(actor).filter(archived_at=None).order_by("name")
    both = [
        rows.annotate(what=Value(what), order=F(order)).values_list("what", "public_id", "name", "order")[:MOST]
        for what, rows, order in (("person", people, "name_sort"), ("team", teams, "name"))
    ]
    # Who opens nothing has nobody: a union with what can hold nothing cannot be put in order.
    opens = not Organization.objects.opened_to(actor).query.is_empty()
    return both[0].union(both[1], all=True).order_by("order") if opens else both[1]
