"""Interactions by set: what another tool logged of talks, calls and mails; match, check, insert, undo.

What was logged once stays as it is here: a row that is known already changes nothing.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from partners.imports.along import Noun, Values, changed_by, remembered, taken_back
from partners.imports.along import tell as write_along
from partners.imports.reading import RowError
from partners.imports.references import colleagues, duplicates, lock_organizations, resolve_organizations
from partners.imports.staging import Counts, execute, fetch, settle, staged
from partners.services import stakeholder_facts

NOUN = Noun(
    key="interaction",
    table="partners_interaction",
    columns={},
    entry="profile",
    field_class="general",
    label="Interaction with",
)
_KEY = "s.source || ':' || s.external_key"


def match(*, now: datetime) -> list[RowError]:
    """Say which staged rows are here already, and report those without organization, person or a day that has come."""
    known = "organization_id IS NOT NULL AND"
    same = "organization_id, happened_on, lower(hub_unaccent(summary))"
    faults = [
        *resolve_organizations(),
        *duplicates("source, external_key", shown="external_key", where="external_key IS NOT NULL"),
        *duplicates(same, shown="summary", where=f"{known} external_key IS NULL"),
        *colleagues("author_email"),
    ]
    lock_organizations()
    execute(
        f"""
        UPDATE import_stage s SET target_id = t.id FROM partners_interaction t
        WHERE s.external_key IS NOT NULL AND t.organization_id = s.organization_id AND t.source_key = {_KEY}
          AND t.archived_at IS NULL
        """
    )
    execute(
        """
        UPDATE import_stage s SET target_id = t.id FROM partners_interaction t, partners_organization o
        WHERE s.external_key IS NULL AND o.id = s.organization_id AND t.organization_id = s.organization_id
          AND t.archived_at IS NULL AND (t.happened_at AT TIME ZONE o.timezone)::date = s.happened_on
          AND lower(hub_unaccent(t.summary)) = lower(hub_unaccent(s.summary))
        """
    )
    settle(NOUN.table)
    return [*faults, *_unknown_contacts(), *_not_yet(now)]


def _unknown_contacts() -> list[RowError]:
    execute("ALTER TABLE import_stage ADD COLUMN contact_id bigint")
    execute(
        """
        UPDATE import_stage s SET contact_id = c.id FROM partners_contact c
        WHERE c.organization_id = s.organization_id AND c.archived_at IS NULL AND lower(c.email) = s.contact_email
        """
    )
    sql = "SELECT row, contact_email FROM import_stage WHERE contact_email IS NOT NULL AND contact_id IS NULL"
    expected = _("the address of a contact of this organization; import contacts first")
    return [
        RowError(row=row, column="", field="contact_email", found=email, expected=expected)
        for row, email in fetch(f"{sql} ORDER BY row")
    ]


def _not_yet(now: datetime) -> list[RowError]:
    last = (now + timedelta(days=1)).date()
    rows = fetch("SELECT row, happened_on FROM import_stage WHERE happened_on > %s ORDER BY row", [last])
    expected = _("a day that has come, since this has happened")
    return [RowError(row=row, column="", field="happened_on", found=str(day), expected=expected) for row, day in rows]


def apply(*, run_id: int, mapped: frozenset[str], by: Actor, now: datetime) -> Counts:
    """Write the new interactions, each with its line of the story on its day, and the facts that follow."""
    values = {"now": now, "by": by.user_id, "by_name": by.name, "run": run_id, "title": _("Interactions imported")}
    created = execute(_INSERT, values)
    execute(_PEOPLE, values)
    execute(_LINES, values)
    write_along(NOUN, values)
    _raise_facts("SELECT organization_id FROM import_stage WHERE is_new", values)
    return Counts(created=created, updated=0, unchanged=staged() - created)


def finish(*, run_id: int, by: Actor, now: datetime) -> None:
    """People were talked with; meetings that are kept by it are found by the planner of touchpoints tonight."""
    _refresh("SELECT DISTINCT organization_id FROM import_stage WHERE is_new", now)


def _refresh(sql: str, now: datetime) -> None:
    stakeholder_facts.refresh((organization_id for (organization_id,) in fetch(sql)), now=now)


# A day without a time stands at noon where the other side is; of today it has happened by now.
_WHEN = "least((s.happened_on + time '12:00') AT TIME ZONE o.timezone, %(now)s)"
_INSERT = f"""
INSERT INTO partners_interaction (id, public_id, created_at, updated_at, organization_id, kind, happened_at, minutes,
    summary, body, template, source_key, is_two_way, author_id, version)
SELECT s.target_id, s.public_id, %(now)s, %(now)s, s.organization_id, coalesce(s.kind, 'note'), {_WHEN}, s.minutes,
    s.summary, coalesce(s.body, ''), '', coalesce({_KEY}, ''),
    coalesce(s.is_two_way, false), s.user_id, 1
FROM import_stage s JOIN partners_organization o ON o.id = s.organization_id WHERE s.is_new ORDER BY s.row
"""
_PEOPLE = """
INSERT INTO partners_interactioncontact (organization_id, interaction_id, contact_id)
SELECT organization_id, target_id, contact_id FROM import_stage WHERE is_new AND contact_id IS NOT NULL
"""
_LINES = """
INSERT INTO partners_timelineentry (public_id, organization_id, at, kind, title, body, data, audience, field_class,
    stage, actor_id, target_type, target_id)
SELECT gen_random_uuid(), t.organization_id, t.happened_at, 'interaction', t.summary, t.body,
    jsonb_build_object('kind', t.kind, 'minutes', t.minutes, 'is_two_way', t.is_two_way), 'internal', 'general',
    o.stage, t.author_id, 'interaction', t.id
FROM import_stage s JOIN partners_interaction t ON t.id = s.target_id
JOIN partners_organization o ON o.id = t.organization_id WHERE s.is_new
"""


def _raise_facts(organizations: str, values: Values) -> None:
    """When each organization was last talked with, out of what is logged now."""
    execute(
        f"""
        UPDATE partners_organizationfacts f SET last_interaction_at = latest.any_way, last_two_way_at = latest.two_way
        FROM (
            SELECT p.id, max(i.happened_at) AS any_way, max(i.happened_at) FILTER (WHERE i.is_two_way) AS two_way
            FROM partners_organization p LEFT JOIN partners_interaction i
              ON i.organization_id = p.id AND i.archived_at IS NULL
            WHERE p.id IN ({organizations}) GROUP BY p.id
        ) latest WHERE f.organization_id = latest.id
        """,
        values,
    )


def undo(*, run_id: int, by: Actor, now: datetime) -> tuple[int, int]:
    """Archive what a run logged and nobody edited since, with its lines; (taken back, left alone)."""
    values = {"run": run_id, "now": now, "by": by.user_id, "by_name": by.name, "undone": _("Import undone")}
    # The key is free again: the same file logs it once more.
    gone = "archived_at = %(now)s, source_key = '', version = t.version + 1, updated_at = %(now)s"
    made = f"UPDATE {NOUN.table} t SET {gone} {remembered(NOUN, made=True)} AND t.archived_at IS NULL"
    done = taken_back(NOUN, made, "archived", values)
    execute(_GONE_LINES, values)
    _raise_facts(_TOUCHED, values)
    sql = f"SELECT DISTINCT found.organization_id FROM ({_TOUCHED}) found"
    places = [organization_id for (organization_id,) in fetch(sql, values)]
    stakeholder_facts.refresh(places, now=now)
    return done, changed_by(NOUN, values) - done


_TOUCHED = """
SELECT i.organization_id FROM partners_interaction i JOIN common_importchange c ON c.target_id = i.id
WHERE c.run_id = %(run)s AND c.target_type = 'interaction'
"""
_GONE_LINES = """
DELETE FROM partners_timelineentry e USING common_importchange c, partners_interaction i
WHERE c.run_id = %(run)s AND c.target_type = 'interaction' AND i.id = c.target_id AND i.archived_at = %(now)s
  AND e.organization_id = i.organization_id AND e.target_type = 'interaction' AND e.target_id = i.id
"""
