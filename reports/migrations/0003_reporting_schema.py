"""The schema `reporting`: read-only views for BI tools, each login held to what its person may open (ADR 0034).

The functions say in SQL what accounts/rules/access.py says in Python, from the same pack, at the moment of each query;
tests/reports/test_reporting_schema.py holds both against each other.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_FUNCTIONS = {
    # Who reads: the person of the login, while the person is active, may see reports and the login is not taken back.
    # session_user is what the connection signed in as, whatever it sets afterwards.
    "reader()": (
        "TABLE (user_id bigint, roles text[], policy jsonb)",
        """
        SELECT person.id, held.roles, pack.body
          FROM reports_reportinglogin login
          JOIN accounts_user person ON person.id = login.user_id AND person.is_active AND person.audience = 'staff'
          CROSS JOIN LATERAL (
              SELECT coalesce(array_agg(g.role::text), '{}') AS roles FROM accounts_rolegrant g
               WHERE g.user_id = person.id AND g.ended_at IS NULL) held
          JOIN common_policyversion pack ON pack.name = 'access' AND pack.is_active
         WHERE login.role_name = session_user AND login.revoked_at IS NULL
           AND pack.body -> 'capabilities' -> 'see_reports' ?| held.roles
        """,
    ),
    # Through which roles organizations, or their commercial fields, are read.
    "reading_roles(is_commercial boolean)": (
        "text[]",
        """
        SELECT coalesce(array_agg(role), '{}') FROM reporting.reader() r, unnest(r.roles) role
         WHERE NOT is_commercial OR r.policy -> 'fields' -> 'commercial' ? role
        """,
    ),
    "sees_all(is_commercial boolean)": (
        "boolean",
        """
        SELECT coalesce(bool_or(r.policy -> 'see_all' ?| reporting.reading_roles(is_commercial)), false)
          FROM reporting.reader() r
        """,
    ),
    "sees_all_tickets()": (
        "boolean",
        """
        SELECT reporting.sees_all(false)
            OR coalesce(
                (SELECT r.policy -> 'capabilities' -> 'see_all_tickets' ?| r.roles FROM reporting.reader() r), false)
        """,
    ),
    # By own assignments, and by those of the members of teams that the reader leads; whoever gives a handoff keeps the
    # organization in whatever stage until it is accepted.
    "open_ids(is_commercial boolean)": (
        "bigint[]",
        """
        WITH reader AS (
            SELECT r.user_id, r.policy, reporting.reading_roles(is_commercial) AS roles FROM reporting.reader() r
        ), terms AS (
            SELECT role.key AS role, kind.key AS kind, stage.key AS stage
              FROM reader r, jsonb_each(r.policy -> 'rights') kind, jsonb_each(kind.value) role,
                   jsonb_each_text(role.value) stage
             WHERE position('S' IN stage.value) > 0
        ), people AS (
            SELECT r.user_id, r.roles FROM reader r
             UNION ALL
            SELECT DISTINCT member.user_id, NULL::text[]
              FROM reader r
              JOIN accounts_membership lead ON lead.user_id = r.user_id AND lead.is_lead AND lead.ended_at IS NULL
              JOIN accounts_team team ON team.id = lead.team_id AND team.archived_at IS NULL
              JOIN accounts_membership member ON member.team_id = team.id AND member.ended_at IS NULL
             WHERE member.user_id <> r.user_id AND r.policy -> 'leads' ?| r.roles
        )
        SELECT coalesce(array_agg(DISTINCT held.organization_id), '{}')
          FROM people
          JOIN partners_assignment held ON held.user_id = people.user_id AND held.ended_at IS NULL
               AND (people.roles IS NULL OR held.role = ANY (people.roles))
          JOIN partners_organization place ON place.id = held.organization_id
         WHERE EXISTS (SELECT FROM terms WHERE terms.role = held.role AND terms.kind = place.kind
                          AND terms.stage = place.stage)
            OR EXISTS (SELECT FROM terms WHERE terms.role = held.role AND terms.kind = place.kind)
               AND EXISTS (SELECT FROM partners_handoff passed WHERE passed.organization_id = place.id
                              AND passed.giver_id = held.user_id AND passed.state IN ('offered', 'returned'))
        """,
    ),
}
_OPEN = """CASE WHEN (SELECT reporting.sees_all({commercial})) THEN true
    ELSE {id} = ANY ((SELECT reporting.open_ids({commercial}))::bigint[]) END"""
_NAMED = "(SELECT person.name FROM accounts_user person WHERE person.id = {id} AND person.audience = 'staff')"


def _open(column: str, *, commercial: bool = False) -> str:
    return _OPEN.format(id=column, commercial=str(commercial).lower())


def _ticket(row: str) -> str:
    """Tickets of open organizations; those who see every ticket see it here as well."""
    return f"((SELECT reporting.sees_all_tickets()) OR {_open(f'{row}.organization_id')})"


def _staff(column: str) -> str:
    """The name of a colleague. Contacts have no name here."""
    return _NAMED.format(id=column)


def _money(column: str) -> str:
    return f"CASE WHEN {_open('o.id', commercial=True)} THEN {column} END"


_PLACE = "JOIN partners_organization o ON o.id = x.organization_id"
_KEY = "o.public_id AS organization_id"

# View -> columns, and what follows FROM. No text that people write, no contact, no file.
# Answers on recommending are told of five together at least (ADR 0037): not one by one, nor of one organization.
_SHOWN = "x.measure <> 'nps'"
_VIEWS: dict[str, tuple[str, str]] = {
    "organizations": (
        f"""o.public_id AS organization_id, o.kind, o.name, o.stage, o.stage_entered_at, o.target_launch_on,
        o.launched_on, o.country, o.industry, o.timezone, o.market_segment, f.partner_tier, f.arr_segment,
        f.engagement_tier, f.gemstone, f.risk AS launch_risk, f.health_band, f.health_score, f.health_changed_on,
        f.last_interaction_at, via.public_id AS via_partner_id, o.currency, {_money("o.ccv")} AS ccv,
        {_money("o.country_lrp")} AS country_lrp, {_money("o.arr")} AS arr, o.created_at, o.archived_at""",
        f"""partners_organization o LEFT JOIN partners_organizationfacts f ON f.organization_id = o.id
        LEFT JOIN partners_organization via ON via.id = o.via_partner_id AND {_open("via.id")} WHERE {_open("o.id")}""",
    ),
    "stage_periods": (
        f"{_KEY}, x.stage, x.entered_at, x.left_at",
        f"partners_stageperiod x {_PLACE} WHERE {_open('x.organization_id')}",
    ),
    "gate_decisions": (
        f"""x.public_id AS gate_id, {_KEY}, x.stage, x.opened_at, x.decided_at, x.outcome,
        {_staff("x.decided_by_id")} AS decided_by""",
        f"partners_gatereview x {_PLACE} WHERE {_open('x.organization_id')}",
    ),
    "gate_submissions": (
        f"g.public_id AS gate_id, {_KEY}, g.stage, x.questionnaire, x.number, x.submitted_at, x.outcome",
        f"""partners_submission x {_PLACE} JOIN partners_gatereview g ON g.id = x.review_id
        WHERE {_open("x.organization_id")}""",
    ),
    "assignments": (
        f"""x.public_id AS assignment_id, {_KEY}, x.role, {_staff("x.user_id")} AS person, x.is_primary, x.started_at,
        x.ended_at""",
        f"partners_assignment x {_PLACE} WHERE {_open('x.organization_id')}",
    ),
    "touchpoints": (
        f"""x.public_id AS touchpoint_id, {_KEY}, x.kind, x.planned_on, x.overdue_from, x.state, x.closed_at,
        {_staff("x.owner_id")} AS owner, x.owner_role""",
        f"partners_touchpoint x {_PLACE} WHERE {_open('x.organization_id')}",
    ),
    "interactions": (
        f"""x.public_id AS interaction_id, {_KEY}, x.kind, x.happened_at, x.minutes, x.is_two_way,
        {_staff("x.author_id")} AS author""",
        f"partners_interaction x {_PLACE} WHERE x.archived_at IS NULL AND {_open('x.organization_id')}",
    ),
    "commitments": (
        f"""x.public_id AS commitment_id, {_KEY}, x.side, x.made_at, x.due_on, x.state, x.closed_on,
        {_staff("x.owner_id")} AS owner""",
        f"partners_commitment x {_PLACE} WHERE {_open('x.organization_id')}",
    ),
    "health_days": (
        f"{_KEY}, x.day, x.card AS scorecard, x.band, x.score, x.coverage",
        f"health_snapshot x {_PLACE} WHERE x.is_main AND x.occasion = 'daily' AND {_open('x.organization_id')}",
    ),
    "tickets": (
        f"""x.number AS ticket, {_KEY}, o.name AS organization, x.kind, c.key AS category, x.channel, x.priority,
        x.impact, x.urgency, x.status, q.key AS queue, x.tier, x.is_internal, {_staff("x.assignee_id")} AS assignee,
        x.opened_at, x.first_replied_at, x.first_solved_at, x.solved_at, x.closed_at, x.escalated_at, x.reopened,
        x.replies, x.merged_into_id IS NOT NULL AS is_merged""",
        f"""tickets_ticket x LEFT JOIN partners_organization o ON o.id = x.organization_id
        JOIN tickets_queue q ON q.id = x.queue_id LEFT JOIN tickets_category c ON c.id = x.category_id
        WHERE {_ticket("x")}""",
    ),
    "promises": (
        f"""t.number AS ticket, {_KEY}, t.priority, x.metric, x.cycle, x.state, x.started_at, x.due_at, x.breach_at,
        x.breached_at, x.stopped_at, x.elapsed_seconds, x.budget_seconds""",
        f"""tickets_slaclock x JOIN tickets_ticket t ON t.id = x.ticket_id
        LEFT JOIN partners_organization o ON o.id = t.organization_id WHERE {_ticket("t")}""",
    ),
    "surveys": (
        f"""x.public_id AS survey_id, {_KEY}, x.kind, x.subject_type AS about, x.occurred_at, x.state, x.sent_at,
        a.answered_at, CASE WHEN x.kind = 'csat' THEN a.score END AS score""",
        f"""partners_surveyrequest x {_PLACE} LEFT JOIN partners_surveyresponse a ON a.request_id = x.id
        WHERE {_open("x.organization_id")} OR (x.subject_type = 'ticket' AND (SELECT reporting.sees_all_tickets()))""",
    ),
    "opportunities": (
        f"""x.public_id AS opportunity_id, {_KEY}, x.kind, x.stage, x.amount, x.currency, x.probability, x.expected_on,
        x.closed_on, x.readiness, {_staff("x.owner_id")} AS owner, x.created_at, x.archived_at""",
        f"partners_opportunity x {_PLACE} WHERE {_open('x.organization_id', commercial=True)}",
    ),
    "renewals": (
        f"""x.public_id AS renewal_id, {_KEY}, x.due_on, x.notice_on, x.amount, x.currency, x.state, x.machine_verdict,
        x.owner_verdict, x.partner_verdict, x.renewed_amount, x.closed_on, {_staff("x.owner_id")} AS owner""",
        f"partners_renewal x {_PLACE} WHERE {_open('x.organization_id', commercial=True)}",
    ),
    "revenue_changes": (
        f'x.public_id AS change_id, {_KEY}, x."on" AS effective_on, x.kind, x.amount, x.currency, x.recorded_at',
        f"partners_revenuechange x {_PLACE} WHERE {_open('x.organization_id', commercial=True)}",
    ),
    "losses": (
        f"x.public_id AS loss_id, {_KEY}, x.lost_on, x.reason, x.amount, x.currency, x.state, x.returned_on",
        f"partners_loss x {_PLACE} WHERE {_open('x.organization_id', commercial=True)}",
    ),
    "daily_facts": (
        f"{_KEY}, x.measure, x.day, x.numerator, x.denominator",
        f"reports_dailyfact x {_PLACE} WHERE {_open('x.organization_id')} AND {_SHOWN}",
    ),
    "monthly_facts": (
        f"""{_KEY}, x.measure, date_trunc('month', x.day)::date AS month, sum(x.numerator) AS numerator,
        sum(x.denominator) AS denominator""",
        f"""reports_dailyfact x {_PLACE} WHERE {_open("x.organization_id")} AND {_SHOWN}
        GROUP BY o.public_id, x.measure, date_trunc('month', x.day)::date""",
    ),
}
# What a view calls is called as the reader; the tables are read, and the other functions called, as the owner.
_CALLED = ("sees_all(boolean)", "sees_all_tickets()", "open_ids(boolean)")


def _function(signature: str, returns: str, body: str) -> list[str]:
    return [
        f"CREATE FUNCTION reporting.{signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = pg_catalog, public, pg_temp AS $$ {body} $$",
        f"REVOKE ALL ON FUNCTION reporting.{signature} FROM PUBLIC",
    ]


def _statements() -> list[Any]:
    """One after the other; as lists of one, so that a percent sign stays one."""
    found = ["CREATE SCHEMA reporting", "GRANT USAGE ON SCHEMA reporting TO PUBLIC"]
    for signature, (returns, body) in _FUNCTIONS.items():
        found += _function(signature, returns, body)
    found += [f"GRANT EXECUTE ON FUNCTION reporting.{signature} TO PUBLIC" for signature in _CALLED]
    for name, (columns, rest) in _VIEWS.items():
        found.append(
            f"CREATE VIEW reporting.{name} WITH (security_barrier = true) AS SELECT {columns} FROM {rest}"  # noqa: S608
        )
        found.append(f"GRANT SELECT ON reporting.{name} TO PUBLIC")
    return [(statement, None) for statement in found]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("common", "0001_initial"),
        ("health", "0001_initial"),
        ("reports", "0002_saved_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReportingLogin",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role_name", models.CharField(max_length=63, unique=True, verbose_name="database login")),
                ("granted_at", models.DateTimeField(verbose_name="since")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="until")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "ordering": ["role_name"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(revoked_at__isnull=True), fields=("user",), name="reporting_login_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(sql=_statements(), reverse_sql="DROP SCHEMA reporting CASCADE"),
    ]
