"""`python -m bench.capacity`: weeks ahead for five hundred owners, as a list page, and for a tenth of them.

Each page is measured in pairs with its floor, as `python -m bench` does; the growth is that of the medians from a tenth
to all. The world has five organizations for each of its people, each with owners in several roles; every owner has a
touchpoint a week with each of theirs, and every fourth organization a renewal.
"""

import time

from bench import client
from bench.__main__ import Figure, _figure, report, served, sessions
from bench.pages import Page
from bench.two_sizes import Run

ORGANIZATIONS_PER_OWNER = 5
FEWEST = 20
"""With fewer people some role of the cast is missing."""

_TOUCHPOINTS = """
INSERT INTO partners_touchpoint (public_id, created_at, updated_at, organization_id, kind, series, planned_on, is_fixed,
    topic, meeting_url, recording_url, owner_id, owner_role, state, skip_reason, version)
SELECT gen_random_uuid(), now(), now(), a.organization_id, 'check_in', '', current_date + 7 * n, false, '', '', '',
    a.user_id, a.role, 'planned', '', 1
FROM partners_assignment a CROSS JOIN generate_series(0, 7) n
WHERE a.role IN ('tam', 'csm') AND a.ended_at IS NULL
"""
_RENEWALS = """
INSERT INTO partners_renewal (public_id, created_at, updated_at, organization_id, due_on, amount, currency, owner_id,
    machine_verdict, machine_reason, owner_verdict, owner_note, partner_verdict, partner_note, state, closing_note,
    source, external_key, version)
SELECT DISTINCT ON (a.organization_id) gen_random_uuid(), now(), now(), a.organization_id,
    current_date + (a.id % 90)::integer, 1000, 'USD', a.user_id, '', '[]'::jsonb, '', '', '', '', 'open', '', '', '', 1
FROM partners_assignment a WHERE a.role IN ('tam', 'csm') AND a.ended_at IS NULL AND a.organization_id % 4 = 0
"""
# Without foreign keys they stay when their organizations go.
_EMPTY = "TRUNCATE partners_keptweeks, partners_weeksmark"
_VACUUM = "VACUUM (ANALYZE) partners_assignment, partners_touchpoint, partners_renewal"
_VACUUM_KEPT = "VACUUM (ANALYZE) partners_keptweeks, partners_weeksmark"


def pages() -> tuple[Page, ...]:
    """What a manager looks at, and one TAM."""

    def page(name: str, path: str, who: str = "manager", *, statements: int = 6) -> Page:
        return Page(name=name, path=path, who=who, floor="rows", bar=2.0, statements=statements)

    return (
        page("Weeks ahead, all", "/capacity/"),
        page("Weeks ahead, one role", "/capacity/?role=tam"),
        page("Weeks ahead by team", "/capacity/?by=team", statements=10),
        page("Weeks ahead, one's own", "/capacity/", "tam"),
        page("Load this week, all", "/load/"),
    )


def keep() -> tuple[int, float]:
    """Work out all weeks that lists show, as the job does: of how many organizations, in how many seconds."""
    from datetime import UTC, datetime

    from common.scope import Scope, scoped
    from partners.services import capacity_keeping

    organizations, begin = 0, time.perf_counter()
    with scoped(Scope.all()):
        while kept := capacity_keeping.keep(now=datetime.now(UTC)):
            organizations += kept
    return organizations, time.perf_counter() - begin


def _on_owner(*statements: str) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connections["owner"].close()


def measure(owners: int, port: int, rounds: int) -> list[Figure]:
    """Build one world and look at its pages."""
    from bench import world

    begin = time.perf_counter()
    world.build(world.Size.of(owners * ORGANIZATIONS_PER_OWNER))
    cast = world.cast()
    _on_owner(_EMPTY, _TOUCHPOINTS, _RENEWALS, _VACUUM)
    organizations, took = keep()
    _on_owner(_VACUUM_KEPT)
    print(f"{owners:,} owners built in {time.perf_counter() - begin:.0f} s", flush=True)
    print(f"  the weeks of {organizations:,} organizations were kept in {took:.1f} s", flush=True)
    keys = sessions({"tam": cast.tam_id, "manager": cast.manager_id})
    with served(port):
        people = {who: client.Client(port, key) for who, key in keys.items()}
        return [_figure(page, people[page.who], rounds) for page in pages()]


def main() -> None:
    run = Run(program="bench.capacity", unit="owners", count=500, port=8128, least=FEWEST)
    run.measure(
        lambda count, options: measure(count, options.port, options.rounds),
        lambda large, small, count: report(large, small, count * ORGANIZATIONS_PER_OWNER),
    )


if __name__ == "__main__":
    main()
