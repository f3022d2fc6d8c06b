"""Owners and participants by set: who is meant, whether they may hold the role, insert, undo."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import PARTICIPANT_ROLES
from accounts.rules.roles import OWNER_ROLES_BY_KIND
from partners.imports.organizations import Counts
from partners.imports.reading import RowError
from partners.imports.references import duplicates, resolve_organizations
from partners.imports.staging import execute, fetch


def match() -> list[RowError]:
    """Find organization and colleague of each staged row; report unknown ones and roles that cannot be held."""
    faults = [*resolve_organizations(), *_unknown_people(), *_role_not_held(), *_role_of_other_kind()]
    faults += duplicates("organization_id, user_email, role", "user_email")
    execute(
        """
        UPDATE import_stage s SET target_id = a.id FROM partners_assignment a
        WHERE a.organization_id = s.organization_id AND a.user_id = s.user_id AND a.role = s.role
          AND a.ended_at IS NULL
        """
    )
    execute("UPDATE import_stage SET is_new = target_id IS NULL")
    return faults


def _unknown_people() -> list[RowError]:
    execute(
        """
        UPDATE import_stage s SET user_id = u.id FROM accounts_user u
        WHERE u.email = s.user_email AND u.is_active AND u.audience = 'staff'
        """
    )
    rows = fetch("SELECT row, user_email FROM import_stage WHERE user_id IS NULL ORDER BY row")
    expected = _("the address of an active colleague; invite this person first")
    return [RowError(row=row, column="", field="user_email", found=email, expected=expected) for row, email in rows]


def _role_not_held() -> list[RowError]:
    rows = fetch(
        """
        SELECT s.row, s.role, s.user_email FROM import_stage s
        WHERE s.user_id IS NOT NULL AND NOT (s.role = ANY (%s)) AND NOT EXISTS (
            SELECT 1 FROM accounts_rolegrant g WHERE g.user_id = s.user_id AND g.role = s.role AND g.ended_at IS NULL)
        ORDER BY s.row
        """,
        [sorted(PARTICIPANT_ROLES)],
    )
    return [
        RowError(
            row=row,
            column="",
            field="role",
            found=role,
            expected=_("a role that %(email)s holds; give it on the page of people first") % {"email": email},
        )
        for row, role, email in rows
    ]


def _role_of_other_kind() -> list[RowError]:
    rows = fetch(
        """
        SELECT s.row, s.role, o.kind FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id
        WHERE NOT (s.role = ANY (%(participants)s))
          AND NOT (o.kind = 'partner' AND s.role = ANY (%(partner)s))
          AND NOT (o.kind = 'customer' AND s.role = ANY (%(customer)s))
        ORDER BY s.row
        """,
        {"participants": sorted(PARTICIPANT_ROLES), **{k: list(roles) for k, roles in OWNER_ROLES_BY_KIND.items()}},
    )
    return [
        RowError(
            row=row,
            column="",
            field="role",
            found=role,
            expected=_("one of: %(roles)s") % {"roles": ", ".join(OWNER_ROLES_BY_KIND[kind])},
        )
        for row, role, kind in rows
    ]


def apply(*, run_id: int, mapped: frozenset[str], by_id: int | None, by_name: str, now: datetime) -> Counts:
    """Assign as staged, from now on. Who is first in a role that nobody has becomes primary; nobody is replaced."""
    # One order for all writers of assignments: the organization first.
    execute(
        """
        SELECT 1 FROM partners_organization WHERE id IN (SELECT organization_id FROM import_stage WHERE is_new)
        ORDER BY id FOR UPDATE
        """
    )
    execute(
        "UPDATE import_stage SET target_id = nextval(pg_get_serial_sequence('partners_assignment', 'id')) WHERE is_new"
    )
    values = {"now": now, "by": by_id, "by_name": by_name, "run": run_id}
    created = execute(_INSERT, values)
    for statement in _ALONG:
        execute(statement, values)
    total = fetch("SELECT count(*) FROM import_stage")[0][0]
    return Counts(created=created, updated=0, unchanged=total - created)


_INSERT = """
INSERT INTO partners_assignment (id, public_id, organization_id, user_id, role, is_primary, started_at, assigned_by_id,
    reason)
SELECT s.target_id, s.public_id, s.organization_id, s.user_id, s.role,
    s.row = min(s.row) OVER (PARTITION BY s.organization_id, s.role) AND NOT EXISTS (
        SELECT 1 FROM partners_assignment a WHERE a.organization_id = s.organization_id AND a.role = s.role
          AND a.is_primary AND a.ended_at IS NULL),
    %(now)s, %(by)s, ''
FROM import_stage s WHERE s.is_new ORDER BY s.row
"""

_ALONG = (
    """
    INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
        stage, actor_id, target_type, target_id)
    SELECT gen_random_uuid(), o.id, %(now)s, 'owner', u.name || ' assigned as ' || upper(s.role), '',
        jsonb_build_object('run', %(run)s), 'internal', 'general', o.stage, %(by)s, 'assignment', s.target_id
    FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id
    JOIN accounts_user u ON u.id = s.user_id
    WHERE s.is_new
    """,
    """
    INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
        organization_id, changes, reason, request_id)
    SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', 'assignment.created', 'assignment', s.target_id,
        left(s.role || ' ' || s.user_email, 200), s.organization_id, '{}', 'row ' || s.row, ''
    FROM import_stage s WHERE s.is_new
    """,
    """
    INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
    SELECT %(run)s, row, 'assignment', target_id, NULL, jsonb_build_object('user_id', user_id)
    FROM import_stage WHERE is_new
    """,
)


def people_concerned(*, run_id: int) -> list[tuple[int, int]]:
    """(user id, how many organizations) of those whom a run assigned: they are told once each."""
    return [
        (user_id, total)
        for user_id, total in fetch(
            """
            SELECT (after ->> 'user_id')::bigint, count(*) FROM common_importchange
            WHERE run_id = %s AND target_type = 'assignment' GROUP BY 1 ORDER BY 1
            """,
            [run_id],
        )
    ]


def undo(*, run_id: int, now: datetime) -> tuple[int, int]:
    """End the assignments that a run made and that still hold; (taken back, left alone)."""
    values = {"run": run_id, "now": now}
    ended = execute(
        """
        UPDATE partners_assignment a SET ended_at = %(now)s, reason = 'import undone' FROM common_importchange c
        WHERE c.run_id = %(run)s AND c.target_type = 'assignment' AND a.id = c.target_id AND a.ended_at IS NULL
        """,
        values,
    )
    total = fetch(
        "SELECT count(*) FROM common_importchange WHERE run_id = %(run)s AND target_type = 'assignment'", values
    )
    return ended, total[0][0] - ended
