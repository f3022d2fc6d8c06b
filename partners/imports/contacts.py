"""Contacts by set: match by organization and address (or name), insert, update, undo."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from partners.imports import influence
from partners.imports.reading import RowError
from partners.imports.references import duplicates, resolve_organizations
from partners.imports.staging import Counts, execute, fetch, settle, staged
from partners.services import stakeholder_facts

UPDATABLE = ("name", "phone", "job_title", "role", "timezone")


def match(*, now: datetime) -> list[RowError]:
    """Say for each staged row which contact it means, and report rows without an organization."""
    known = "organization_id IS NOT NULL AND"
    faults = [
        *resolve_organizations(),
        *duplicates("organization_id, email", shown="email", where=f"{known} email IS NOT NULL"),
        *duplicates("organization_id, lower(hub_unaccent(name))", shown="name", where=f"{known} email IS NULL"),
    ]
    execute(
        """
        UPDATE import_stage s SET target_id = c.id FROM partners_contact c
        WHERE c.organization_id = s.organization_id AND c.archived_at IS NULL
          AND s.email IS NOT NULL AND lower(c.email) = s.email
        """
    )
    execute(
        """
        UPDATE import_stage s SET target_id = found.id, user_id = found.total FROM (
            SELECT t.row, min(c.id) AS id, count(*) AS total FROM import_stage t JOIN partners_contact c
              ON c.organization_id = t.organization_id AND c.archived_at IS NULL
              AND c.name_sort = lower(hub_unaccent(t.name))
            WHERE t.email IS NULL GROUP BY t.row
        ) found WHERE found.row = s.row
        """
    )
    rows = fetch("SELECT row, name FROM import_stage WHERE user_id > 1 ORDER BY row")
    expected = _("an e-mail address, since several contacts of the organization have this name")
    faults += [RowError(row=row, column="", field="name", found=name, expected=expected) for row, name in rows]
    settle("partners_contact")
    return faults


def apply(*, run_id: int, mapped: frozenset[str], by: Actor, now: datetime) -> Counts:
    """Write the staged contacts; the first one of an organization that has none becomes its primary."""
    values = {"now": now, "by": by.user_id, "by_name": by.name, "run": run_id, "title": _("Contacts imported")}
    updated = _update(mapped, values)
    created = execute(_INSERT, values)
    for statement in _ALONG:
        execute(statement, values)
    if "influence" in mapped:
        updated += influence.write(values)
    return Counts(created=created, updated=updated, unchanged=staged() - created - updated)


def finish(*, run_id: int, by: Actor, now: datetime) -> None:
    """People whose role counts get their place on the map."""
    ids = fetch(
        """
        SELECT DISTINCT c.organization_id FROM common_importchange i JOIN partners_contact c ON c.id = i.target_id
        WHERE i.run_id = %(run)s AND i.target_type = 'contact'
        """,
        {"run": run_id},
    )
    stakeholder_facts.refresh((organization_id for (organization_id,) in ids), now=now)


def _update(mapped: frozenset[str], values: Mapping[str, object]) -> int:
    names = [name for name in UPDATABLE if name in mapped]
    if not names:
        return 0
    differs = " OR ".join(f"(s.{name} IS NOT NULL AND c.{name} IS DISTINCT FROM s.{name})" for name in names)
    pairs = ", ".join(f"'{name}', c.{name}" for name in names)
    news = ", ".join(f"'{name}', coalesce(s.{name}, c.{name})" for name in names)
    execute(
        f"""
        INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
        SELECT %(run)s, s.row, 'contact', c.id, jsonb_build_object({pairs}),
               jsonb_build_object({news}, 'version', c.version + 1)
        FROM import_stage s JOIN partners_contact c ON c.id = s.target_id WHERE NOT s.is_new AND ({differs})
        """,
        values,
    )
    return execute(
        f"""
        UPDATE partners_contact c SET {", ".join(f"{name} = coalesce(s.{name}, c.{name})" for name in names)},
            version = c.version + 1, updated_at = %(now)s
        FROM import_stage s WHERE c.id = s.target_id AND NOT s.is_new AND ({differs})
        """,
        values,
    )


_INSERT = """
INSERT INTO partners_contact (id, public_id, created_at, updated_at, organization_id, name, email, phone, job_title,
    role, is_primary, is_ticket_manager, timezone, version)
SELECT s.target_id, s.public_id, %(now)s, %(now)s, s.organization_id, s.name, coalesce(s.email, ''),
    coalesce(s.phone, ''), coalesce(s.job_title, ''), coalesce(s.role, 'other'),
    s.row = min(s.row) OVER (PARTITION BY s.organization_id) AND NOT EXISTS (
        SELECT 1 FROM partners_contact c
        WHERE c.organization_id = s.organization_id AND c.is_primary AND c.archived_at IS NULL),
    false, coalesce(s.timezone, ''), 1
FROM import_stage s WHERE s.is_new ORDER BY s.row
"""

_ALONG = (
    """
    INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
        stage, actor_id, target_type)
    SELECT gen_random_uuid(), o.id, %(now)s, 'contact', %(title)s || ': ' || count(*), '',
        jsonb_build_object('run', %(run)s), 'internal', 'general', o.stage, %(by)s, 'importrun'
    FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id WHERE s.is_new GROUP BY o.id
    """,
    """
    INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
        organization_id, changes, reason, request_id)
    SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import',
        CASE WHEN s.is_new THEN 'contact.created' ELSE 'contact.edited' END, 'contact', s.target_id,
        left('Contact of ' || o.name, 200), s.organization_id, '{}', 'row ' || s.row, ''
    FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id WHERE s.is_new OR EXISTS (
        SELECT 1 FROM common_importchange c WHERE c.run_id = %(run)s AND c.row = s.row)
    """,
    """
    INSERT INTO common_importchange (run_id, row, target_type, target_id, before, after)
    SELECT %(run)s, row, 'contact', target_id, NULL, '{"version": 1}' FROM import_stage WHERE is_new
    """,
)


# The line of the trail that goes along with each contact that is taken back. The trail is never changed, so it does not
# name them: they have a right to be erased.
_TOLD = """
INSERT INTO accounts_activity (public_id, at, actor_id, actor_name, via, verb, target_type, target_id, target_name,
    organization_id, changes, reason, request_id)
SELECT gen_random_uuid(), %(now)s, %(by)s, %(by_name)s, 'import', %(verb)s, 'contact', d.id,
    left('Contact of ' || o.name, 200), d.organization_id, '{}', %(undone)s, ''
FROM done d JOIN partners_organization o ON o.id = d.organization_id
"""


def undo(*, run_id: int, by: Actor, now: datetime) -> tuple[int, int]:
    """Archive the contacts that a run made, restore those it changed; (taken back, left alone).

    A contact who was let into the portal since stays.
    """
    values = {"run": run_id, "now": now, "by": by.user_id, "by_name": by.name, "undone": _("Import undone")}
    influence.undo(values)
    archived = execute(
        f"""
        WITH done AS (
            UPDATE partners_contact t SET archived_at = %(now)s, is_primary = false, version = t.version + 1,
                updated_at = %(now)s
            FROM common_importchange c WHERE c.run_id = %(run)s AND c.target_type = 'contact' AND c.before IS NULL
              AND t.id = c.target_id AND t.version = (c.after ->> 'version')::int AND t.archived_at IS NULL
              AND t.user_id IS NULL
            RETURNING t.id, t.name, t.organization_id
        ) {_TOLD}
        """,
        {**values, "verb": "contact.archived"},
    )
    restored = execute(
        f"""
        WITH done AS (
            UPDATE partners_contact t SET {", ".join(_restored(name) for name in UPDATABLE)}, version = t.version + 1,
                updated_at = %(now)s
            FROM common_importchange c, jsonb_populate_record(NULL::partners_contact, c.before) b
            WHERE c.run_id = %(run)s AND c.target_type = 'contact' AND c.before IS NOT NULL
              AND t.id = c.target_id AND t.version = (c.after ->> 'version')::int
            RETURNING t.id, t.name, t.organization_id
        ) {_TOLD}
        """,
        {**values, "verb": "contact.edited"},
    )
    total = fetch("SELECT count(*) FROM common_importchange WHERE run_id = %(run)s AND target_type = 'contact'", values)
    return archived + restored, total[0][0] - archived - restored


def _restored(name: str) -> str:
    return f"{name} = CASE WHEN jsonb_exists(c.before, '{name}') THEN b.{name} ELSE t.{name} END"
