"""`python -m bench.capacity`: weeks ahead for five hundred owners, as a list page, and for a tenth of them.

Each page is measured in pairs with its floor, as `python -m bench` does; the growth is that of the medians from a tenth
to all. The world has five organizations for each of its people, each with owners in several roles; every owner has a
touchpoint a week with each of theirs, and every fourth organization a renewal.
"""

import argparse
import time
from pathlib import Path

import django

from bench import client
from bench.__main__ import Figure, _figure, empty, prepare, report, served, servers, sessions
from bench.pages import Page

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
_VACUUM = "VACUUM (ANALYZE) partners_assignment, partners_touchpoint, partners_renewal"


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


def measure(owners: int, port: int, rounds: int) -> list[Figure]:
    """Build one world and look at its pages."""
    from django.db import connections

    from bench import world

    begin = time.perf_counter()
    world.build(world.Size.of(owners * ORGANIZATIONS_PER_OWNER))
    cast = world.cast()
    with connections["owner"].cursor() as cursor:
        for statement in (_TOUCHPOINTS, _RENEWALS, _VACUUM):
            cursor.execute(statement)
    connections["owner"].close()
    print(f"{owners:,} owners built in {time.perf_counter() - begin:.0f} s", flush=True)
    keys = sessions({"tam": cast.tam_id, "manager": cast.manager_id})
    with served(port):
        people = {who: client.Client(port, key) for who, key in keys.items()}
        return [_figure(page, people[page.who], rounds) for page in pages()]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.capacity")
    parser.add_argument("--owners", type=int, default=500)
    parser.add_argument("--port", type=int, default=8128)
    parser.add_argument("--rounds", type=int, default=20, help="answers timed in each half of a pair")
    parser.add_argument("--write", type=Path, help="write the section there")
    options = parser.parse_args()
    with servers():
        django.setup()
        prepare()
        small = measure(max(options.owners // 10, FEWEST), options.port, options.rounds)
        empty()
        large = measure(options.owners, options.port, options.rounds)
    text = report(large, small, options.owners * ORGANIZATIONS_PER_OWNER)
    print(text)
    if options.write:
        options.write.write_text(text)


if __name__ == "__main__":
    main()
