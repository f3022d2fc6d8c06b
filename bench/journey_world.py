"""Five years of gates and tasks on top of the world of organizations, made by the database itself.

One of five organizations is in onboarding, the others have launched within the last five years; each has stayed in
every stage before its own for as long as its tier and its own pace had it, with a decided review of each gate.
"""

from dataclasses import dataclass

from django.db import connections

TASKS_EACH = 80

_STAGES = """
CREATE TEMPORARY TABLE bench_stage AS
SELECT * FROM (VALUES
    ('partner', 1, 'pre_contract', 30), ('partner', 2, 'gate_0', 7), ('partner', 3, 'gate_1', 84),
    ('partner', 4, 'gate_2', 35), ('partner', 5, 'gate_3', 21), ('partner', 6, 'post_launch', 0),
    ('customer', 1, 'pre_sales', 45), ('customer', 2, 'kick_off', 14), ('customer', 3, 'integrate', 30),
    ('customer', 4, 'adopt', 45), ('customer', 5, 'live', 0)
) s(kind, place, stage, days)
"""

# Who is in onboarding stands in one of the stages before the last, since up to two usual stays of it.
_PLACES = """
UPDATE partners_organization o
SET stage = p.stage, stage_entered_at = p.entered_at,
    launched_on = CASE WHEN p.is_launched THEN p.entered_at::date END,
    target_launch_on = CASE WHEN p.is_launched THEN NULL ELSE current_date + (p.number * 37 %% 260)::int - 60 END
FROM (
    SELECT n.id, n.number, s.stage, s.place = last.place AS is_launched,
        now() - CASE WHEN s.place = last.place THEN (n.number * 7919 %% 1800) * interval '1 day'
            ELSE (n.number * 31 %% (2 * s.days)) * interval '1 day' END AS entered_at
    FROM (SELECT id, kind, row_number() OVER (ORDER BY id) AS number FROM partners_organization) n
    JOIN (SELECT kind, max(place) AS place FROM bench_stage GROUP BY kind) last ON last.kind = n.kind
    JOIN bench_stage s ON s.kind = n.kind AND s.place =
        CASE WHEN n.number %% 5 = 0 THEN 1 + n.number / 5 %% (last.place - 1) ELSE last.place END
) p WHERE p.id = o.id
"""

_TIERS = """
UPDATE partners_organizationfacts f
SET partner_tier = CASE WHEN o.kind = 'partner' THEN f.organization_id %% 3 END,
    engagement_tier = CASE WHEN o.kind = 'customer' THEN 1 + f.organization_id %% 4 END
FROM partners_organization o WHERE o.id = f.organization_id
"""

# A stay lasts from half to twice the usual days: a share of the organization's own, and one by chance.
_STAYS = """
CREATE TEMPORARY TABLE bench_stay AS
WITH stay AS (
    SELECT o.id, s.place, s.stage, o.stage_entered_at, s.place = here.place AS is_present,
        greatest(1, s.days * (0.7 + (o.id * 7 %% 61) / 100.0) * (0.7 + (o.id * 131 + s.place * 17) %% 71 / 100.0))
            AS days
    FROM partners_organization o
    JOIN bench_stage here ON here.kind = o.kind AND here.stage = o.stage
    JOIN bench_stage s ON s.kind = o.kind AND s.place <= here.place
), counted AS (
    SELECT *, coalesce(sum(days) FILTER (WHERE NOT is_present) OVER (
        PARTITION BY id ORDER BY place ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING), 0) AS before
    FROM stay
)
SELECT id, place, stage, is_present, stage_entered_at - before * interval '1 day' AS entered_at,
    CASE WHEN NOT is_present THEN stage_entered_at - (before - days) * interval '1 day' END AS left_at
FROM counted
"""

_PERIODS = """
INSERT INTO partners_stageperiod (organization_id, stage, entered_at, left_at, reason)
SELECT id, stage, entered_at, left_at, '' FROM bench_stay
"""

_REVIEWS = """
INSERT INTO partners_gatereview (public_id, organization_id, stage, journey_version, opened_at, outcome, decided_at,
    reason, decision, version)
SELECT gen_random_uuid(), id, stage, 1, entered_at, CASE WHEN is_present THEN '' ELSE 'passed' END, left_at, '', '{}', 1
FROM bench_stay
"""

# The owner of a task is one of those who hold the organization today, in turn.
_TASKS = """
INSERT INTO partners_task (public_id, created_at, updated_at, organization_id, review_id, stage, phase, source,
    source_key, title, description, owner_id, owner_role, court, due_on, state, is_required, is_shared, needs_evidence,
    blocked_reason, skip_reason, done_at, version)
SELECT gen_random_uuid(), r.opened_at, r.opened_at, r.organization_id, r.id, r.stage, '', 'manual', '', 'Task ' || k,
    '', held.users[1 + k %% greatest(cardinality(held.users), 1)], '', 'us',
    (CASE WHEN t.is_open THEN now() + (k %% 45 - 10) * interval '1 day' ELSE r.opened_at END)::date,
    CASE WHEN t.is_open THEN 'open' ELSE 'done' END, false, false, false, '', '',
    CASE WHEN NOT t.is_open THEN coalesce(r.decided_at, r.opened_at) END, 1
FROM partners_gatereview r
JOIN (SELECT organization_id, count(*) AS reviews FROM partners_gatereview GROUP BY 1) n USING (organization_id)
JOIN LATERAL (SELECT array_agg(a.user_id ORDER BY a.id) AS users FROM partners_assignment a
    WHERE a.organization_id = r.organization_id AND a.ended_at IS NULL) held ON true
CROSS JOIN LATERAL generate_series(1, (%(tasks)s / n.reviews)::int) k
CROSS JOIN LATERAL (SELECT r.decided_at IS NULL AND k %% 4 = 0 AS is_open) t
"""

_DEPENDENCIES = """
INSERT INTO partners_taskdependency (organization_id, task_id, needed_id)
SELECT organization_id, id, needed FROM (
    SELECT organization_id, id, lag(id) OVER (PARTITION BY review_id ORDER BY id) AS needed
    FROM partners_task WHERE state = 'open'
) t WHERE needed IS NOT NULL AND id %% 3 = 0
"""

_TASK_FACTS = """
UPDATE partners_organizationfacts f SET tasks_total = c.total, tasks_done = c.done, next_task_due_on = c.next_on
FROM (
    SELECT o.id, count(t.id) AS total, count(t.id) FILTER (WHERE t.state = 'done') AS done,
        min(t.due_on) FILTER (WHERE t.state = 'open') AS next_on
    FROM partners_organization o LEFT JOIN partners_task t ON t.organization_id = o.id AND t.stage = o.stage
    GROUP BY o.id
) c WHERE c.id = f.organization_id
"""
# What keeps the history of rows would write each of them a second time.
_KEPT = ("partners_organization", "partners_task")


@dataclass(frozen=True, kw_only=True)
class Counts:
    organizations: int
    under_way: int
    reviews: int
    tasks: int


def build() -> Counts:
    """Lay the journeys over a world that `bench.world.build` has made."""
    with connections["owner"].cursor() as cursor:
        for table in _KEPT:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM partners_stageperiod")
        for statement in (_STAGES, _PLACES, _TIERS, _STAYS, _PERIODS, _REVIEWS, _TASKS, _DEPENDENCIES, _TASK_FACTS):
            cursor.execute(statement, {"tasks": TASKS_EACH})
        for table in _KEPT:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("DROP TABLE bench_stage, bench_stay")
        # As autovacuum does in production; the throw-away servers have none.
        cursor.execute("VACUUM ANALYZE")
        cursor.execute(
            "SELECT (SELECT count(*) FROM partners_organization), "
            "(SELECT count(*) FROM partners_organization WHERE stage NOT IN ('post_launch', 'live')), "
            "(SELECT count(*) FROM partners_gatereview), (SELECT count(*) FROM partners_task)"
        )
        organizations, under_way, reviews, tasks = cursor.fetchone()
    connections["owner"].close()
    return Counts(organizations=organizations, under_way=under_way, reviews=reviews, tasks=tasks)


@dataclass(frozen=True, kw_only=True)
class Cast:
    """A TAM with an everyday portfolio and one of its partners before the launch; the manager; who decides a gate."""

    tam_id: int
    manager_id: int
    organization: str
    organization_name: str


def cast() -> Cast:
    """The TAM with the most usual number of open tasks among those who see a partner in Gate 3."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT a.user_id, o.public_id::text, o.name FROM partners_assignment a
            JOIN partners_organization o ON o.id = a.organization_id
            JOIN (SELECT owner_id, count(*) AS open FROM partners_task WHERE state = 'open' GROUP BY 1) t
                ON t.owner_id = a.user_id
            WHERE a.role = 'tam' AND a.ended_at IS NULL AND o.stage = 'gate_3'
            ORDER BY abs(t.open - 60), a.user_id, o.id LIMIT 1
            """
        )
        tam_id, public_id, name = cursor.fetchone()
        cursor.execute("SELECT user_id FROM accounts_rolegrant WHERE role = 'manager'")
        manager_id = cursor.fetchone()[0]
    connections["owner"].close()
    return Cast(tam_id=tam_id, manager_id=manager_id, organization=public_id, organization_name=name)
