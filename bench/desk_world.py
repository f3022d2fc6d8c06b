"""A desk of any size beside the world of organizations: tickets with messages, events, clocks and timers.

It is laid by the database itself, on the server's two ends at once, without indexes and without asking after foreign
keys; indexes are made at the end. One in twenty tickets is not solved and has two running clocks; a common word stands
in every tenth ticket and a rare one in every ten thousandth, in subjects and in messages.
"""

import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg2

COMMON, RARE = "synchronization", "zephyrium"
QUEUES, OWN_QUEUES, AGENTS = 10, 3, 40
TABLES = ("tickets_ticket", "tickets_message", "tickets_ticketevent", "tickets_slaclock", "tickets_slatimer")
_FIRST_ID = 1_000
_ENDS = 2
_DAYS, _DAYS_OLD = 730, 3

_ORGANIZATIONS = """
CREATE UNLOGGED TABLE bench_asker AS
SELECT row_number() OVER (ORDER BY o.id) - 1 AS place, o.id AS organization_id, c.id AS contact_id, c.name, c.email
FROM partners_organization o JOIN LATERAL (
    SELECT * FROM partners_contact c WHERE c.organization_id = o.id ORDER BY c.id LIMIT 1
) c ON true;
CREATE UNIQUE INDEX ON bench_asker (place);
ANALYZE bench_asker
"""
_TICKETS = """
INSERT INTO tickets_ticket (id, public_id, created_at, updated_at, number, organization_id, contact_id, requester_name,
    requester_email, subject, kind, channel, language, is_internal, opened_by_us, impact, urgency, priority,
    priority_reason, status, tags, queue_id, assignee_id, tier, is_technical_escalation, opened_at, first_replied_at,
    last_customer_at, last_reply_at, waits_since, first_solved_at, solved_at, closed_at, reopened, replies, moved_at,
    resolution, workaround, root_cause, prevention, sla_policy, sla_version_id, sla_reason, breaches_at, due_at, source,
    external_key, version)
SELECT %(first)s + n, gen_random_uuid(), f.at, f.at, 1000000 + n, a.organization_id, a.contact_id, a.name, a.email,
    'Problem ' || substr(md5(n::text), 1, 6) || CASE WHEN n %% 10 = 0 THEN ' with {common}' ELSE ' with orders' END
        || CASE WHEN n %% 10000 = 0 THEN ' of {rare}' ELSE '' END,
    (ARRAY['question', 'incident', 'problem', 'request'])[1 + n %% 4], 'portal', 'en', false, false, 'medium', 'medium',
    CASE WHEN n %% 100 < 2 THEN 'critical' WHEN n %% 100 < 20 THEN 'high' WHEN n %% 100 < 80 THEN 'medium'
        ELSE 'low' END,
    '', f.status, CASE WHEN n %% 50 = 0 THEN '{{vip}}'::varchar[] ELSE '{{}}' END,
    (%(queues)s::bigint[])[1 + n / 20 %% {queues}],
    CASE WHEN n %% 7 > 0 THEN (%(agents)s::bigint[])[1 + n / 3 %% {agents}] END, 1, false, f.at,
    CASE WHEN f.is_solved THEN f.at + interval '1 hour' END, f.at,
    CASE WHEN f.is_solved THEN f.at + interval '1 hour' END, CASE WHEN f.status IN ('new', 'open') THEN f.at END,
    CASE WHEN f.is_solved THEN f.at + interval '5 hours' END, CASE WHEN f.is_solved THEN f.at + interval '5 hours' END,
    CASE WHEN f.status = 'closed' THEN f.at + interval '7 days' END, 0, CASE WHEN f.is_solved THEN 1 ELSE 0 END,
    f.at + interval '5 hours', '', '', '', '', %(policy)s, %(version)s, %(reason)s::jsonb,
    CASE WHEN f.is_solved THEN timestamptz '9999-01-01 00:00:00+00' ELSE f.breach_at END,
    CASE WHEN f.is_solved THEN NULL ELSE f.breach_at END, '', '', 1
FROM (
    SELECT n, n %% 20 <> 0 AS is_solved,
        %(now)s::timestamptz - (%(count)s - n) * (interval '730 days' / %(count)s) AS at,
        CASE WHEN n %% 20 = 0 THEN (ARRAY['new', 'open', 'pending', 'on_hold'])[1 + n / 20 %% 4]
            WHEN n %% 20 < 4 THEN 'solved' ELSE 'closed' END AS status,
        %(now)s::timestamptz + (n::bigint * 7919 %% 100003 - 5000) * interval '1 minute' AS breach_at
    FROM generate_series(%(low)s::integer, %(high)s::integer) n
) f JOIN bench_asker a ON a.place = n::bigint * 7919 %% %(askers)s
"""
_MESSAGES = """
INSERT INTO tickets_message (id, public_id, organization_id, ticket_id, kind, side, author_id, contact_id, author_name,
    channel, body, quoted, is_automatic, state, sets_status, written_at, sent_at, mail_id)
SELECT 2 * t.id + k, gen_random_uuid(), t.organization_id, t.id, 'reply',
    CASE WHEN k = 0 THEN 'customer' ELSE 'agent' END, CASE WHEN k = 1 THEN t.assignee_id END,
    CASE WHEN k = 0 THEN t.contact_id END, '', 'portal',
    CASE WHEN k = 0 THEN 'Since this morning nothing happens when somebody presses the button. We see '
            || substr(md5(t.id::text), 1, 8)
        ELSE 'Please try it again, and send us the log of ' || substr(md5(t.id::text), 8, 8) END
        || CASE WHEN t.id %% 10 = 3 THEN ' about {common}.' ELSE '.' END
        || CASE WHEN t.id %% 10000 = 7 THEN ' It says {rare}.' ELSE '' END,
    '', false, 'sent', '', t.opened_at + k * interval '1 hour', t.opened_at + k * interval '1 hour', ''
FROM tickets_ticket t CROSS JOIN generate_series(0, 1) k
WHERE t.id BETWEEN %(low)s + %(first)s AND %(high)s + %(first)s
"""
_EVENTS = """
INSERT INTO tickets_ticketevent (organization_id, ticket_id, at, kind, side, actor_id, actor_name, message_id, changes,
    data)
SELECT t.organization_id, t.id, t.opened_at + k * interval '1 hour',
    (ARRAY['created', 'reply', 'status', 'note', 'status'])[k + 1],
    CASE WHEN k = 0 THEN 'customer' ELSE 'agent' END, CASE WHEN k > 0 THEN t.assignee_id END, '',
    CASE WHEN k < 2 THEN 2 * t.id + k END,
    CASE k WHEN 2 THEN '{{"status": ["new", "open"]}}'::jsonb
        WHEN 4 THEN jsonb_build_object('status', jsonb_build_array('open', t.status)) ELSE '{{}}' END,
    CASE WHEN k = 0 THEN %(data)s::jsonb ELSE '{{}}' END
FROM tickets_ticket t CROSS JOIN generate_series(0, 4) k
WHERE t.id BETWEEN %(low)s + %(first)s AND %(high)s + %(first)s
"""
_CLOCKS = """
INSERT INTO tickets_slaclock (id, public_id, organization_id, ticket_id, metric, cycle, started_at, state, due_at,
    breach_at, stopped_at, elapsed_seconds, budget_seconds, terms)
SELECT 2 * t.id + k, gen_random_uuid(), t.organization_id, t.id,
    CASE WHEN k = 0 THEN 'resolution' ELSE 'first_response' END, 1, t.opened_at,
    CASE WHEN t.due_at IS NULL THEN 'met' ELSE 'running' END, coalesce(t.due_at, t.opened_at + interval '3 days'),
    coalesce(t.due_at, t.opened_at + interval '3 days'), t.solved_at, 0, 86400,
    jsonb_build_object('origin', t.opened_at, 'amount', '3', 'unit', 'business_days', 'clock', '24x7')
FROM tickets_ticket t CROSS JOIN generate_series(0, 1) k
WHERE t.id BETWEEN %(low)s + %(first)s AND %(high)s + %(first)s AND (k = 0 OR t.due_at IS NOT NULL);
INSERT INTO tickets_slatimer (clock_id, ticket_id, organization_id, kind, step, fire_at, fired_at, data)
SELECT c.id, c.ticket_id, c.organization_id, 'breach', 0, c.breach_at,
    CASE WHEN c.breach_at < %(now)s THEN c.breach_at END, '{{}}'
FROM tickets_slaclock c
WHERE c.state = 'running' AND c.ticket_id BETWEEN %(low)s + %(first)s AND %(high)s + %(first)s
"""
_WORDS = {"common": COMMON, "rare": RARE, "queues": QUEUES, "agents": AGENTS}


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who is measured, and a ticket that the agent sees."""

    agent_id: int
    lead_id: int
    number: int
    tickets: int


def _connection() -> Any:
    """The superuser of the throw-away server: for it foreign keys need not be asked after."""
    address = os.environ["DATABASE_OWNER_URL"]
    parts = psycopg2.extensions.parse_dsn(address)
    found = psycopg2.connect(**{**parts, "user": "postgres"})
    found.autocommit = True
    return found


def _run(statements: Iterable[tuple[str, dict[str, Any]]]) -> None:
    with closing(_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'"
        )
        for sql, values in statements:
            cursor.execute(sql, values or None)


def _both(work: Callable[[int], None], ends: int = _ENDS) -> None:
    with ThreadPoolExecutor(ends) as pool:
        for done in [pool.submit(work, end) for end in range(ends)]:
            done.result()


def build(tickets: int, *, with_parts: bool = True) -> Desk:
    """Lay the desk over the organizations that there are. About a minute for 250,000 tickets.

    Without parts there are no messages, events and clocks.
    """
    _run([("DROP TABLE IF EXISTS bench_asker", {}), ("TRUNCATE tickets_queue RESTART IDENTITY CASCADE", {})])
    people = _people()
    indexes = _drop_indexes()
    _run([(_ORGANIZATIONS, {})])
    with closing(_connection()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_asker")
        askers = cursor.fetchone()[0]
    values = {**people, "first": _FIRST_ID, "count": tickets, "askers": askers, "now": datetime.now(UTC)}

    def lay(end: int) -> None:
        share = tickets // _ENDS
        bounds = {"low": 1 + end * share, "high": tickets if end == _ENDS - 1 else (end + 1) * share}
        _run([(_TICKETS.format(**_WORDS), {**values, **bounds})])

    _both(lay)
    # The parts read their tickets by id.
    _run([("ANALYZE tickets_ticket", {})])

    def parts(end: int) -> None:
        share = tickets // _ENDS
        bounds = {"low": 1 + end * share, "high": tickets if end == _ENDS - 1 else (end + 1) * share}
        _run([(sql.format(**_WORDS), {**values, **bounds}) for sql in (_MESSAGES, _EVENTS, _CLOCKS)])

    if with_parts:
        _both(parts)
    _make_indexes(indexes)
    _finish()
    return Desk(agent_id=people["agent"], lead_id=people["lead"], number=1_000_000 + _own(tickets), tickets=tickets)


def _own(tickets: int) -> int:
    """The place of an unsolved ticket of about three days that stands in a queue of the agent."""
    step = 20 * QUEUES
    return (tickets - tickets * _DAYS_OLD // _DAYS) // step * step


def _people() -> dict[str, Any]:
    """People, queues, and a ticket by hand, which lends the others its policy."""
    from common.scope import Scope, scoped
    from tests.factories.accounts import make_team, make_user
    from tests.factories.tickets import make_queue, make_ticket

    with scoped(Scope.all()):
        agents = [make_user("support", email=f"agent{place}@desk.example") for place in range(AGENTS)]
        lead = make_user("supportlead", email="lead@desk.example")
        team = make_team(leads=[lead], members=agents)
        other = make_team(members=[lead])
        queues = [
            make_queue(team=team if place < OWN_QUEUES else other, is_default=place == 0) for place in range(QUEUES)
        ]
        pattern = make_ticket(queues[0])
        event = pattern.events.get()
        found = {
            "agent": agents[0].pk,
            "lead": lead.pk,
            "agents": [user.pk for user in agents],
            "queues": [queue.pk for queue in queues],
            "policy": pattern.sla_policy,
            "version": pattern.sla_version_id,
            "reason": json.dumps(pattern.sla_reason),
            "data": json.dumps(event.data),
        }
    _run([(f"TRUNCATE {', '.join(TABLES)} CASCADE", {})])
    return found


_INDEXES = """
SELECT i.tablename, i.indexname, i.indexdef, c.conname, pg_get_constraintdef(c.oid)
FROM pg_indexes i
LEFT JOIN pg_constraint c ON c.conindid = format('%%I', i.indexname)::regclass AND c.contype IN ('p', 'u')
WHERE i.schemaname = 'public' AND i.tablename = ANY (%(tables)s)
"""


def _drop_indexes() -> list[tuple[str, str]]:
    """All indexes but those of primary keys; what makes them again, with its table."""
    with closing(_connection()) as connection, connection.cursor() as cursor:
        cursor.execute(_INDEXES, {"tables": list(TABLES)})
        rows = cursor.fetchall()
        again = []
        for table, index, made, constraint, definition in rows:
            if definition and definition.startswith("PRIMARY KEY"):
                continue
            if constraint:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE")
                again.append((table, f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}"))
            else:
                cursor.execute(f"DROP INDEX {index}")
                again.append((table, made))
    return again


def _make_indexes(indexes: list[tuple[str, str]]) -> None:
    """One end for each half of the work, the long ones first: two statements on one table may make indexes at once."""
    weight = {"tickets_message": 0, "tickets_ticket": 1}
    plain = sorted(
        (row for row in indexes if row[1].startswith("CREATE")),
        key=lambda row: ("gin" not in row[1], weight.get(row[0], 2)),
    )
    _both(lambda end: _run([(sql, {}) for _table, sql in plain[end::_ENDS]]))
    _run([(sql, {}) for _table, sql in indexes if not sql.startswith("CREATE")])


def _finish() -> None:
    sequences = [
        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
        for table in TABLES
    ]
    _run(
        [(sql, {}) for sql in (*sequences, "SELECT setval('tickets_number', (SELECT max(number) FROM tickets_ticket))")]
    )
    _both(lambda end: _run([(f"VACUUM ANALYZE {table}", {}) for table in TABLES[end::_ENDS]]))
