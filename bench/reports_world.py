"""Two years of what reports read beside the desk: surveys, check-ins, health of each month and of the last days.

A row that the product's own models made is repeated by the database with other owners, days and scores.
"""

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.desk_world import _connection, _run

DAYS = 730
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
"""
_REPEAT = """
INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE
SELECT {values} FROM ({rows}) made
CROSS JOIN LATERAL jsonb_populate_record(
    (SELECT pattern FROM {table} pattern ORDER BY {key} LIMIT 1), to_jsonb(made) - 'n'
) whole
"""
# One in ten tickets is asked about, six of ten answer.
_REQUESTS = """
SELECT 1000000 + n AS id, gen_random_uuid() AS public_id, t.organization_id, t.contact_id, t.id AS subject_id,
    t.number::text AS subject_key, 'asked ' || n AS occasion, t.solved_at AS occurred_at, t.solved_at AS due_at,
    t.solved_at + interval '1 hour' AS sent_at, t.solved_at + interval '14 days' AS expires_at, n
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM tickets_ticket WHERE solved_at IS NOT NULL AND id %% 10 = 3) t
"""
_RESPONSES = """
SELECT 1000000 + n AS id, gen_random_uuid() AS public_id, q.organization_id, q.id AS request_id,
    (ARRAY[5,4,5,3,4,5,2,5,4,1])[1 + q.id %% 10] AS score, q.sent_at + interval '5 hours' AS answered_at,
    q.sent_at + interval '5 hours' AS changed_at, n
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM partners_surveyrequest WHERE id %% 5 < 3 AND id > 1000000) q
"""
# Every thirty days, four of five held.
_TOUCHPOINTS = """
SELECT 1000000 + row_number() OVER () AS id, gen_random_uuid() AS public_id, o.id AS organization_id,
    current_date - k * 30 - o.id::integer %% 30 AS planned_on, current_date - k * 30 - o.id::integer %% 30 AS slot_on,
    'check_in/' || o.id || '/' || k AS series, CASE WHEN (o.id + k) %% 5 = 0 THEN 'skipped' ELSE 'done' END AS state,
    CASE WHEN (o.id + k) %% 5 = 0 THEN 'Holiday' ELSE '' END AS skip_reason,
    now() - k * interval '30 days' AS closed_at
FROM partners_organization o CROSS JOIN generate_series(0, 23) k
"""
_SNAPSHOTS = """
SELECT o.id AS organization_id, day,
    (ARRAY['green','green','green','green','yellow','yellow','red','grey'])[1 + (o.id + k) %% 8] AS band,
    CASE WHEN (o.id + k) %% 8 < 7 THEN 40 + (o.id * 7 + k) %% 60 END AS score
FROM partners_organization o CROSS JOIN unnest(%(days)s::date[]) WITH ORDINALITY made(day, k)
"""
_LAUNCHED = """
UPDATE partners_organization SET launched_on = current_date - 400 WHERE stage = 'post_launch' AND launched_on IS NULL
"""


def build() -> None:
    """Lay it over the organizations and tickets that there are. About a minute for 1,000,000 tickets."""
    # Without foreign keys they stay when their organizations go.
    _run([("TRUNCATE health_snapshot, reports_dailyfact, reports_factmark", {})])
    days = _patterns()
    _run([(_LAUNCHED, {})])
    for table, rows in (
        ("partners_surveyrequest", _REQUESTS),
        ("partners_surveyresponse", _RESPONSES),
        ("partners_touchpoint", _TOUCHPOINTS),
        ("health_snapshot", _SNAPSHOTS),
    ):
        _repeat(table, rows, {"days": days})
    tables = ("surveyrequest", "surveyresponse", "touchpoint", "organization")
    _run([(f"VACUUM ANALYZE partners_{table}", {}) for table in tables] + [("ANALYZE health_snapshot", {})])


def _patterns() -> list[date]:
    """One row of each kind by the product's own models; returns the days of health."""
    from common.partitions import ensure_partitions
    from common.scope import Scope, scoped
    from partners.models import Contact, Organization, Touchpoint
    from tests.factories.health import make_health
    from tests.factories.surveys import make_survey

    today = datetime.now(UTC).date()
    days = sorted({*(today - timedelta(days=back) for back in range(3)), *_month_ends(today)})
    ensure_partitions(table="health_snapshot", key="day", start=days[0] - timedelta(days=1), end=today)
    with scoped(Scope.all()):
        place = Organization.objects.order_by("pk")[0]
        contact = Contact.objects.filter(organization=place).order_by("pk")[0]
        make_survey(contact, score=5, at=datetime.now(UTC))
        Touchpoint.objects.create(organization=place, kind="check_in", planned_on=today, state="done")
        make_health(place, day=days[0] - timedelta(days=1))
    return days


def _month_ends(today: date) -> Iterable[date]:
    day = today.replace(day=1)
    for _month in range(DAYS // 30):
        day -= timedelta(days=1)
        yield day
        day = day.replace(day=1)


def _repeat(table: str, rows: str, values: dict[str, Any]) -> None:
    with closing(_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(_COLUMNS, {"table": table})
        columns = [row[0] for row in cursor.fetchall()]
    text = _REPEAT.format(
        table=table,
        key="day, organization_id" if table == "health_snapshot" else "id",
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(f'whole."{column}"' for column in columns),
        rows=rows,
    )
    _run([(text, values)])
