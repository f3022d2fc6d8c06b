"""A world of any size, made by the database itself: organizations, people, assignments over time, activities.

Names repeat a common word in every tenth organization and a rare one in every thousandth, for the searches.
"""

from dataclasses import dataclass

from django.db import connections


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large: activities are split between the timeline (nine of ten) and the audit trail."""

    organizations: int
    users: int
    assignments: int
    activities: int

    @classmethod
    def of(cls, organizations: int) -> "Size":
        """The issue's proportions: 10,000 organizations have 2,000 users, 100,000 assignments, 1,000,000 activities."""
        return cls(
            organizations=organizations,
            users=max(200, organizations // 5),
            assignments=organizations * 10,
            activities=organizations * 100,
        )


_USERS = """
INSERT INTO accounts_user (public_id, password, email, name, job_title, audience, timezone, language, is_active)
SELECT gen_random_uuid(), '!', 'person' || n || '@bench.example', 'Person ' || n, '', 'staff', 'Europe/Berlin', 'en',
    true
FROM generate_series(1, %(users)s) n
"""

# People in equal parts of seven owning roles; the last two are a manager and an admin.
_GRANTS = """
INSERT INTO accounts_rolegrant (user_id, role, started_at, source)
SELECT id, CASE
    WHEN number = %(users)s THEN 'admin' WHEN number = %(users)s - 1 THEN 'manager'
    ELSE (ARRAY['pam','pdm','tpm','psm','tam','csm','integration'])[1 + number %% 7] END,
    now() - interval '2 years', 'bench'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM accounts_user) u
"""

_ORGANIZATIONS = """
INSERT INTO partners_organization (public_id, created_at, updated_at, kind, name, summary, website, industry, country,
    timezone, language, source, external_key, stage, stage_entered_at, currency, arr, market_segment, edition,
    deployment, version)
SELECT gen_random_uuid(), now() - n * interval '1 minute', now(),
    CASE WHEN n %% 3 = 0 THEN 'partner' ELSE 'customer' END,
    initcap(substr(md5(n::text), 1, 8))
        || CASE WHEN n %% 10 = 0 THEN ' Industries' ELSE '' END || CASE WHEN n %% 1000 = 0 THEN ' Zephyrium' ELSE '' END
        || ' ' || n,
    'A company of the benchmark.', '', 'Software', 'DE', 'Europe/Berlin', 'en', 'bench', n::text,
    CASE WHEN n %% 3 = 0
        THEN (ARRAY['pre_contract','gate_0','gate_1','gate_2','gate_3','post_launch'])[1 + (n / 3) %% 6]
        ELSE (ARRAY['pre_sales','kick_off','integrate','adopt','live'])[1 + n %% 5] END,
    now() - (n %% 400) * interval '1 day', 'USD', (n %% 900) * 1000, '', '', '', 1
FROM generate_series(1, %(organizations)s) n
"""

_FACTS = """
INSERT INTO partners_organizationfacts (organization_id, arr_segment, gemstone, receipts, policy_versions,
    last_interaction_at, last_two_way_at, tasks_total, tasks_done, risk)
SELECT id, 'small', (ARRAY['diamond','pearl','sapphire','ruby','quartz'])[1 + id %% 5], '{}', '{}',
    now() - (id %% 60) * interval '1 day', now() - (id %% 60) * interval '1 day', 0, 0, ''
FROM partners_organization
"""

_PERIODS = """
INSERT INTO partners_stageperiod (organization_id, stage, entered_at, reason)
SELECT id, stage, stage_entered_at, '' FROM partners_organization
"""

# Three of ten hold today, the others ended; one role and person after the other, never overlapping.
_ASSIGNMENTS = """
INSERT INTO partners_assignment (public_id, organization_id, user_id, role, is_primary, started_at, ended_at, reason)
SELECT gen_random_uuid(), o.id, u.id, u.role, true, now() - (k + 1) * interval '60 days',
    CASE WHEN k > 2 THEN now() - k * interval '60 days' END, ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM partners_organization) o
CROSS JOIN generate_series(0, %(per_organization)s - 1) k
JOIN LATERAL (
    SELECT g.user_id AS id, g.role FROM bench_people g
    WHERE g.position = (o.number * 7 + k * 3 + (o.number / 50) * 11) %% (SELECT count(*) FROM bench_people)
) u ON true
ON CONFLICT DO NOTHING
"""

_PEOPLE = """
CREATE TEMPORARY TABLE bench_people AS
SELECT user_id, role, row_number() OVER (ORDER BY user_id) - 1 AS position FROM accounts_rolegrant
WHERE role NOT IN ('admin', 'manager')
"""

_CONTACTS = """
INSERT INTO partners_contact (public_id, created_at, updated_at, organization_id, name, email, phone, job_title, role,
    is_primary, is_ticket_manager, timezone, version)
SELECT gen_random_uuid(), now(), now(), o.id, 'Contact ' || o.id || '-' || k,
    'c' || o.id || '.' || k || '@client.example',
    '', '', 'other', k = 1, false, '', 1
FROM partners_organization o CROSS JOIN generate_series(1, 3) k
"""

_TIMELINE = """
INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
    stage, target_type)
SELECT gen_random_uuid(), o.id, now() - ((n::bigint * 7919) %% 700000) * interval '1 minute', 'interaction',
    'Call number ' || n,
    'We spoke about the plan.', '{}', 'internal', 'general', o.stage, ''
FROM (SELECT id, stage, row_number() OVER (ORDER BY id) AS number FROM partners_organization) o
JOIN generate_series(1, %(timeline)s) n ON o.number = 1 + n %% %(organizations)s
"""

_TRAIL = """
INSERT INTO accounts_activity (public_id, at, actor_name, via, verb, target_type, target_id, target_name,
    organization_id, changes, reason, request_id)
SELECT gen_random_uuid(), now() - (n %% 600) * interval '1 day', 'Person', 'web', 'organization.edited', 'organization',
    o.id, 'x', o.id, '{}', '', ''
FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM partners_organization) o
JOIN generate_series(1, %(trail)s) n ON o.number = 1 + n %% %(organizations)s
"""


def build(size: Size) -> None:
    """Fill the empty database behind the `owner` alias."""
    values = {
        "organizations": size.organizations,
        "users": size.users,
        "per_organization": size.assignments // size.organizations,
        "timeline": size.activities * 9 // 10,
        "trail": size.activities // 10,
    }
    with connections["owner"].cursor() as cursor:
        for statement in (
            _USERS,
            _GRANTS,
            _ORGANIZATIONS,
            _FACTS,
            _PERIODS,
            _PEOPLE,
            _ASSIGNMENTS,
            _CONTACTS,
            _TIMELINE,
            _TRAIL,
        ):
            cursor.execute(statement, values)
        # As autovacuum does in production; the throw-away servers have none.
        cursor.execute("VACUUM ANALYZE")
    connections["owner"].close()


@dataclass(frozen=True, kw_only=True)
class Cast:
    """Who is measured: ids of a TAM with an everyday portfolio, the manager, and an organization that both see."""

    tam_id: int
    manager_id: int
    organization: str
    organization_name: str


def cast() -> Cast:
    """Choose the TAM whose number of visible partners is nearest to twelve."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            """
            SELECT a.user_id, min(o.public_id::text), min(o.name) FROM partners_assignment a
            JOIN partners_organization o ON o.id = a.organization_id
            WHERE a.role = 'tam' AND a.ended_at IS NULL AND o.kind = 'partner' AND o.stage IN ('gate_3', 'post_launch')
            GROUP BY a.user_id ORDER BY abs(count(*) - 12), a.user_id LIMIT 1
            """
        )
        tam_id, public_id, _name = cursor.fetchone()
        cursor.execute("SELECT name FROM partners_organization WHERE public_id = %s", [public_id])
        name = cursor.fetchone()[0]
        cursor.execute("SELECT user_id FROM accounts_rolegrant WHERE role = 'manager'")
        manager_id = cursor.fetchone()[0]
    connections["owner"].close()
    return Cast(tam_id=tam_id, manager_id=manager_id, organization=public_id, organization_name=name)
