"""`python -m bench.relationship`: the story with its search, and promises, over two million interactions, and a tenth.

Each page is measured in pairs with its floor, as `python -m bench` does; the growth is that of the medians from a tenth
of the organizations to all. The organization that is looked at has ten thousand promises in either world.
"""

import time
from dataclasses import replace
from typing import Any

from bench import client
from bench.__main__ import Figure, _figure, report, served, sessions
from bench.pages import Page
from bench.two_sizes import Run

PER_ORGANIZATION, PROMISES_EACH, MANY = 200, 50, 10_000

_INTERACTIONS = """
INSERT INTO partners_interaction (public_id, created_at, updated_at, organization_id, kind, happened_at, minutes,
    summary, body, template, source_key, is_two_way, author_id, version)
SELECT gen_random_uuid(), t.at, t.at, t.organization_id, (ARRAY['call','meeting','mail','note'])[1 + t.id %% 4], t.at,
    30, t.title, t.body, '', '', t.id %% 3 <> 0, NULL, 1
FROM partners_timelineentry t WHERE t.kind = 'interaction'
"""
_COMMITMENTS = """
INSERT INTO partners_commitment (public_id, created_at, updated_at, organization_id, side, title, description, owner_id,
    due_on, state, outcome_note, closed_at, closed_on, source_type, made_at, version)
SELECT gen_random_uuid(), now(), now(), o.id, CASE WHEN n %% 3 = 0 THEN 'them' ELSE 'us' END, 'Promise number ' || n,
    '', a.user_id, current_date - 300 + (n * 37 + o.id::integer %% 11) %% 330,
    CASE WHEN n %% 5 < 3 THEN 'kept' WHEN n %% 5 = 3 THEN 'broken' ELSE 'open' END, '',
    CASE WHEN n %% 5 < 4 THEN now() - (n * 37 %% 300) * interval '1 day' END,
    CASE WHEN n %% 5 < 4 THEN current_date - n * 37 %% 300 END, '', now() - interval '400 days', 1
FROM partners_organization o
LEFT JOIN LATERAL (
    SELECT user_id FROM partners_assignment WHERE organization_id = o.id AND ended_at IS NULL ORDER BY id LIMIT 1
) a ON true
CROSS JOIN LATERAL generate_series(1, CASE WHEN o.public_id = %(organization)s THEN %(many)s ELSE %(each)s END) n
"""
_MOVES = """
INSERT INTO partners_commitmentchange (organization_id, commitment_id, was_due_on, due_on, reason, changed_at)
SELECT organization_id, id, due_on - 7, due_on, 'Agreed', due_on - (id %% 14) * interval '1 day'
FROM partners_commitment WHERE id %% 10 = 0
"""
_VACUUM = (
    "VACUUM (ANALYZE) partners_interaction, partners_commitment, partners_commitmentchange, partners_timelineentry"
)


def pages(organization: str) -> tuple[Page, ...]:
    """What a TAM looks at of the relationship, and a manager of all of it."""

    def page(name: str, path: str, who: str, *, bar: float = 2.0, statements: int = 10) -> Page:
        return Page(name=name, path=path, who=who, floor="rows", bar=bar, statements=statements)

    here = f"/organizations/{organization}"
    return (
        page("Timeline", f"{here}/timeline/", "tam"),
        page("Timeline, common word", f"{here}/timeline/?q=spoke", "tam"),
        page("Timeline, no such word", f"{here}/timeline/?q=zephyrium", "tam"),
        page("Timeline, one kind and days", f"{here}/timeline/?kind=talks&since=2020-01-01", "tam"),
        page("Form to log", f"{here}/log/", "tam"),
        page("Promises of one, 10,000", f"{here}/commitments/", "tam"),
        page("Promises, mine", "/commitments/", "tam", statements=6),
        page("Promises, all", "/commitments/?whose=all", "manager", statements=6),
        page("Promises, all overdue", "/commitments/?whose=all&state=overdue", "manager", statements=6),
        page("Promises, all settled", "/commitments/?whose=all&state=settled", "manager", statements=6),
    )


def measure(organizations: int, port: int, rounds: int) -> list[Figure]:
    """Build one world and look at its pages."""
    from django.db import connections

    from bench import world

    begin = time.perf_counter()
    size = world.Size.of(organizations)
    world.build(replace(size, activities=organizations * PER_ORGANIZATION * 10 // 9))
    cast = world.cast()
    values: dict[str, Any] = {"organization": cast.organization, "many": MANY, "each": PROMISES_EACH}
    with connections["owner"].cursor() as cursor:
        cursor.execute(_INTERACTIONS, values)
        cursor.execute(_COMMITMENTS, values)
        cursor.execute(_MOVES, values)
        cursor.execute(_VACUUM)
    connections["owner"].close()
    print(f"{organizations:,} organizations built in {time.perf_counter() - begin:.0f} s", flush=True)
    keys = sessions({"tam": cast.tam_id, "manager": cast.manager_id})
    with served(port):
        people = {who: client.Client(port, key) for who, key in keys.items()}
        return [_figure(page, people[page.who], rounds) for page in pages(str(cast.organization))]


def main() -> None:
    run = Run(program="bench.relationship", unit="organizations", count=10_000, port=8127)
    run.measure(lambda count, options: measure(count, options.port, options.rounds), report)


if __name__ == "__main__":
    main()
