"""`python -m bench.reports`: TAM Analytics and what keeps its facts, over a million tickets of two years, and a tenth.

Pages are measured in pairs with their floor, as `python -m bench` does: for one TAM the list floor, for a manager over
everything the sums over daily facts and a page of rows. Then the facts are made from nothing, tickets are changed in
one of fifty organizations, the facts follow, and are compared with facts that are made from nothing again.
"""

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bench import client
from bench.__main__ import Figure, _figure, report, served, sessions
from bench.desk_world import _run
from bench.pages import Page
from bench.two_sizes import Run

_CHANGE = """
UPDATE tickets_ticket SET solved_at = solved_at + interval '3 hours'
WHERE solved_at IS NOT NULL AND organization_id % 50 = 0
"""
_FACTS = """
SELECT count(*), md5(string_agg(fact::text, '' ORDER BY organization_id, measure, day)) FROM reports_dailyfact fact
"""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one size came to: the pages, and sentences about all else."""

    figures: list[Figure]
    said: list[str]


def pages() -> tuple[Page, ...]:
    """What is pulled on a Monday."""

    def page(name: str, path: str, who: str, floor: str, bar: float) -> Page:
        return Page(name=name, path=path, who=who, floor=floor, bar=bar, statements=10)

    return (
        page("TAM Analytics, one TAM", "/reports/tam/", "tam", "rows", 3.0),
        page("TAM Analytics, everything", "/reports/tam/", "manager", "facts", 2.0),
        page("The same, one segment", "/reports/tam/?tier=1", "manager", "facts", 2.0),
        page("A year, everything", f"/reports/tam/?period={datetime.now(UTC).year - 1}", "manager", "facts", 2.0),
        page("Rows of a figure, one TAM", "/reports/tam/figures/tickets_created/", "tam", "rows", 3.0),
        page("Rows of a figure, everything", "/reports/tam/figures/tickets_created/", "manager", "facts", 2.0),
        page("Health, everything", "/reports/tam/figures/green/?by=stage", "manager", "facts", 2.0),
        page("Executive page, everything", "/reports/executive/", "manager", "facts", 2.0),
        page("Support, all tickets", "/reports/support/", "manager", "facts", 2.0),
        page("Rows of a figure of support", "/reports/support/figures/tickets_created/", "manager", "facts", 2.0),
    )


def rebuild() -> tuple[int, float]:
    """All facts from nothing: how many organizations, in how many seconds."""
    from common.scope import Scope, scoped
    from partners.models import Organization
    from reports.services import facts

    now, after = datetime.now(UTC), 0
    with scoped(Scope.all()):
        count = Organization.objects.count()
        begin = time.perf_counter()
        while after := facts.rebuild_next(after=after, now=now):
            pass
        return count, time.perf_counter() - begin


def follow() -> tuple[int, float]:
    """Work out what has changed: how many marks, in how many seconds."""
    from common.scope import Scope, scoped
    from reports.services import facts

    marks, begin = 0, time.perf_counter()
    with scoped(Scope.all()):
        while taken := facts.refresh(now=datetime.now(UTC)):
            marks += taken
    return marks, time.perf_counter() - begin


def facts_there() -> tuple[int, str]:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(_FACTS)
        found: tuple[int, str] = cursor.fetchone()
    connections["owner"].close()
    return found


def keeping() -> list[str]:
    """The facts made, followed and made again, in sentences."""
    from django.db import connections

    _run([("TRUNCATE reports_dailyfact, reports_factmark", {})])
    organizations, took = rebuild()
    _run([("VACUUM ANALYZE reports_dailyfact", {})])
    with connections["owner"].cursor() as cursor:
        begin = time.perf_counter()
        cursor.execute(_CHANGE)
        changed, change = cursor.rowcount, time.perf_counter() - begin
    connections["owner"].close()
    marks, followed = follow()
    kept = facts_there()
    again = rebuild()[1]
    same = "the same as" if facts_there() == kept else "DIFFERENT FROM"
    return [
        f"{kept[0]:,} facts of {organizations:,} organizations are made from nothing in {took:.1f} s "
        f"({took / organizations * 1000:.2f} ms each).",
        f"{changed:,} tickets changed in {change:.1f} s left {marks} marks; the facts followed in {followed:.1f} s "
        f"and are {same} those made from nothing again in {again:.1f} s.",
    ]


def measure(tickets: int, port: int, rounds: int) -> Measured:
    """Build a world, make its facts, look at the pages."""
    from bench import desk_world, reports_world, world

    begin = time.perf_counter()
    organizations = max(tickets // 100, 200)
    size = world.Size.of(organizations)
    world.build(replace(size, activities=organizations * 10))
    desk_world.build(tickets)
    reports_world.build()
    print(f"{organizations:,} organizations, {tickets:,} tickets in {time.perf_counter() - begin:.0f} s", flush=True)
    said = keeping()
    cast = world.cast()
    keys = sessions({"tam": cast.tam_id, "manager": cast.manager_id})
    with served(port):
        people: dict[str, Any] = {who: client.Client(port, key) for who, key in keys.items()}
        figures = [_figure(page, people[page.who], rounds) for page in pages()]
    for sentence in said:
        print(f"  {sentence}", flush=True)
    return Measured(figures=figures, said=said)


def told(large: Measured, small: Measured, tickets: int) -> str:
    """A section for docs/performance.md."""
    table = report(large.figures, small.figures, 0).split("| page |", 1)[1]
    before = f"As above with {tickets // 10:,} tickets: {' '.join(small.said)}"
    return "\n".join([" ".join(large.said), "", f"| page |{table}", before, ""])


def main() -> None:
    run = Run(program="bench.reports", unit="tickets", count=1_000_000, port=8129)
    run.measure(lambda count, options: measure(count, options.port, options.rounds), told)


if __name__ == "__main__":
    main()
