"""Owners and participants by set: who is meant, whether they may hold the role, insert, undo."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.choices import PARTICIPANT_ROLES
from accounts.labels import role_short_label
from accounts.rules.access import Actor
from accounts.rules.roles import OWNER_ROLES_BY_KIND
from partners.imports.reading import RowError
from partners.imports.references import duplicates, resolve_organizations
from partners.imports.staging import Counts, execute, fetch, settle, staged
from partners.services import task_owners


def match(*, now: datetime) -> list[RowError]:
    """Find organization and colleague of each staged row; report unknown ones and roles that cannot be held."""
    faults = resolve_organizations()
    _lock()
    faults += [*_unknown_people(), *_role_not_held(), *_role_of_other_kind()]
    faults += duplicates("organization_id, user_email, role", shown="user_email", where="organization_id IS NOT NULL")
    execute(
        """
        UPDATE import_stage s SET target_id = a.id FROM partners_assignment a
        WHERE a.organization_id = s.organization_id AND a.user_id = s.user_id AND a.role = s.role
          AND a.ended_at IS NULL
        """
    )
    settle("partners_assignment")
    return faults


def _lock() -> None:
    """The one order of locks: organizations by id, then people, so that nobody leaves or is assigned meanwhile."""
    execute(
        """
        SELECT 1 FROM partners_organization WHERE id IN (SELECT organization_id FROM import_stage)
        ORDER BY id FOR NO KEY UPDATE
        """
    )
    execute(
        """
        SELECT 1 FROM accounts_user WHERE email IN (SELECT user_email FROM import_stage)
        ORDER BY id FOR NO KEY UPDATE
        """
    )


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


def apply(*, run_id: int, mapped: frozenset[str], by: Actor, now: datetime) -> Counts:
    """Assign as staged, from now on. Who is first in a role that nobody has becomes primary; nobody is replaced."""
    values = {"now": now, "by": by.user_id, "by_name": by.name, "run": run_id}
    created = execute(_INSERT, {**values, "reason": _("Imported")})
    places = fetch("SELECT DISTINCT organization_id, role FROM import_stage WHERE is_new")
    task_owners.take_on(dict.fromkeys(places, ()), now=now)
    for role in {row[0] for row in fetch("SELECT DISTINCT role FROM import_stage WHERE is_new")}:
        before, after = (_("%(came)s became %(role)s") % {"came": "\0", "role": role_short_label(role)}).split("\0")
        execute(_TIMELINE, {**values, "role": role, "before": before, "after": after})
    for statement in _ALONG:
        execute(statement, values)
    return Counts(created=created, updated=0, unchanged=staged() - created)


def finish(*, run_id: int, by: Actor, now: datetime) -> None:
    """Nothing is computed from assignments; who sees what is asked with every request."""


_INSERT = """
INSERT INTO partners_assignment (id, public_id, organization_id, user_id, role, is_primary, started_at, assigned_by_id,
    reason)
SELECT s.target_id, s.public_id, s.organization_id, s.user_id, s.role,
    s.row = min(s.row) OVER (PARTITION BY s.organization_id, s.role) AND NOT EXISTS (
        SELECT 1 FROM partners_assignment a WHERE a.organization_id = s.organization_id AND a.role = s.role
          AND a.is_primary AND a.ended_at IS NULL),
    (SELECT greatest(%(now)s, max(coalesce(a.ended_at, a.started_at))) FROM partners_assignment a
      WHERE a.organization_id = s.organization_id AND a.role = s.role), %(by)s, %(reason)s
FROM import_stage s WHERE s.is_new ORDER BY s.row
"""

_TIMELINE = """
INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
    stage, actor_id, target_type, target_id)
SELECT gen_random_uuid(), o.id, %(now)s, 'owner', left(%(before)s || u.name || %(after)s, 250), '',
    jsonb_build_object('run', %(run)s, 'role', s.role, 'starts', jsonb_build_array(s.user_id), 'ends', '[]'::jsonb),
    'internal', 'general', o.stage, %(by)s, 'assignment', s.target_id
FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id
JOIN accounts_user u ON u.id = s.user_id
WHERE s.is_new AND s.role = %(role)s
"""

_ALONG = (
    """
    INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
        organization_id, changes, reason, request_id)
    SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', 'assignment.started', 'assignment', s.target_id,
        left(s.role || ' ' || s.user_email || ', ' || o.name, 200), s.organization_id,
        jsonb_build_object('role', jsonb_build_array(NULL, s.role)), 'row ' || s.row, ''
    FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id WHERE s.is_new
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


def undo(*, run_id: int, by: Actor, now: datetime) -> tuple[int, int]:
    """End the assignments that a run made and that still hold; (taken back, left alone)."""
    values = {"run": run_id, "now": now, "by": by.user_id, "by_name": by.name, "undone": _("Import undone")}
    ended = execute(
        """
        WITH done AS (
            UPDATE partners_assignment a SET ended_at = greatest(%(now)s, a.started_at), ended_by_id = %(by)s,
                reason = %(undone)s
            FROM common_importchange c
            WHERE c.run_id = %(run)s AND c.target_type = 'assignment' AND a.id = c.target_id AND a.ended_at IS NULL
            RETURNING a.id, a.role, a.organization_id
        )
        INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id,
            target_name, organization_id, changes, reason, request_id)
        SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', 'assignment.ended', 'assignment', id, role,
            organization_id, '{}', %(undone)s, '' FROM done
        """,
        values,
    )
    _promote(values)
    _hand_tasks_back(values, now)
    total = fetch(
        "SELECT count(*) FROM common_importchange WHERE run_id = %(run)s AND target_type = 'assignment'", values
    )
    return ended, total[0][0] - ended


def _hand_tasks_back(values: Mapping[str, object], now: datetime) -> None:
    """Tasks of those who no longer own go on to who is first in the role now, or wait for somebody."""
    rows = fetch(
        """
        SELECT a.organization_id, a.role, array_agg(a.user_id) FROM partners_assignment a
        JOIN common_importchange c ON c.target_id = a.id AND c.target_type = 'assignment' AND c.run_id = %(run)s
        WHERE a.ended_at IS NOT NULL GROUP BY 1, 2
        """,
        values,
    )
    task_owners.take_on({(organization_id, role): left for organization_id, role, left in rows}, now=now)


def _promote(values: Mapping[str, object]) -> None:
    """Where the primary went and others stay, who has been there longest becomes primary: a stay ends, one begins."""
    rows = fetch(
        """
        SELECT DISTINCT ON (a.organization_id, a.role) a.id FROM partners_assignment a
        JOIN partners_assignment gone ON gone.organization_id = a.organization_id AND gone.role = a.role
        JOIN common_importchange c ON c.target_id = gone.id AND c.target_type = 'assignment' AND c.run_id = %(run)s
        WHERE a.ended_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM partners_assignment p WHERE p.organization_id = a.organization_id AND p.role = a.role
              AND p.ended_at IS NULL AND p.is_primary)
        ORDER BY a.organization_id, a.role, a.started_at, a.id
        """,
        values,
    )
    stays = {**values, "ids": [row[0] for row in rows]}
    execute(
        """
        UPDATE partners_assignment SET ended_at = greatest(%(now)s, started_at), ended_by_id = %(by)s
        WHERE id = ANY (%(ids)s)
        """,
        stays,
    )
    execute(
        """
        INSERT INTO partners_assignment (public_id, organization_id, user_id, role, is_primary, started_at,
            assigned_by_id, reason)
        SELECT gen_random_uuid(), organization_id, user_id, role, true, ended_at, %(by)s, %(undone)s
        FROM partners_assignment WHERE id = ANY (%(ids)s)
        """,
        stays,
    )
