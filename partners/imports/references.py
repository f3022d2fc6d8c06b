"""Checks by set that need the database: who is meant, and whether two rows mean the same."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import actor_for
from accounts.models import User
from accounts.rules.access import Actor, FieldClass
from partners.imports.reading import RowError
from partners.imports.staging import execute, fetch
from partners.models import Organization

_EXPECTED = {
    FieldClass.SUMMARY: gettext_lazy("a colleague who sees the organization; assign this person first"),
    FieldClass.COMMERCIAL: gettext_lazy(
        "a colleague who reads what is commercial of the organization, and so no participant; assign this person in "
        "such a role first"
    ),
}


def resolve_organizations() -> list[RowError]:
    """Find the organization of each staged row, by external key or by name; rows without exactly one are faults."""
    execute(
        """
        UPDATE import_stage s SET organization_id = found.id FROM (
            SELECT t.row, min(o.id) AS id FROM import_stage t JOIN partners_organization o
              ON o.external_key = t.organization_key AND o.archived_at IS NULL
              AND (t.source = '' OR o.source = t.source)
            WHERE t.organization_key IS NOT NULL GROUP BY t.row HAVING count(*) = 1
        ) found WHERE found.row = s.row
        """
    )
    execute(
        """
        UPDATE import_stage s SET organization_id = found.id FROM (
            SELECT t.row, min(o.id) AS id FROM import_stage t JOIN partners_organization o
              ON o.name_sort = lower(hub_unaccent(t.organization_name)) AND o.archived_at IS NULL
            WHERE t.organization_id IS NULL AND t.organization_name IS NOT NULL GROUP BY t.row HAVING count(*) = 1
        ) found WHERE found.row = s.row
        """
    )
    rows = fetch(
        "SELECT row, organization_key, organization_name FROM import_stage WHERE organization_id IS NULL ORDER BY row"
    )
    expected = _("an organization that exists, by its external key or by a name that only it has")
    return [
        RowError(
            row=row,
            column="",
            field="organization_key" if key else "organization_name",
            found=key or name or "",
            expected=expected,
        )
        for row, key, name in rows
    ]


def duplicates(columns: str, *, shown: str, where: str) -> list[RowError]:
    """Rows that mean the same as an earlier one in the file; the first stays.

    `columns` say what makes two rows the same, `shown` is the field named in the fault, `where` the rows it counts for.
    """
    rows = fetch(
        f"""
        SELECT row, shown, first FROM (
            SELECT row, {shown}::text AS shown, min(row) OVER (PARTITION BY {columns}) AS first
            FROM import_stage WHERE {where}
        ) numbered WHERE row <> first ORDER BY row
        """
    )
    return [
        RowError(
            row=row,
            column="",
            field=shown,
            found=found,
            expected=_("a key of its own; row %(first)s has the same") % {"first": first},
        )
        for row, found, first in rows
    ]


def by_own_key(table: str) -> list[RowError]:
    """Find what each staged row means by source and external key; a key of another organization's is a fault."""
    execute(
        f"""
        UPDATE import_stage s SET target_id = t.id FROM {table} t
        WHERE s.external_key IS NOT NULL AND t.source = s.source AND t.external_key = s.external_key
        """
    )
    rows = fetch(
        f"""
        SELECT s.row, s.external_key, o.name FROM import_stage s JOIN {table} t ON t.id = s.target_id
        JOIN partners_organization o ON o.id = t.organization_id
        WHERE s.organization_id IS NOT NULL AND t.organization_id <> s.organization_id ORDER BY s.row
        """
    )
    expected = _("a key of its own; it belongs to %(name)s")
    return [
        RowError(row=row, column="", field="external_key", found=key, expected=expected % {"name": name})
        for row, key, name in rows
    ]


def lock_organizations() -> None:
    """The one order of locks: the organizations by id, before what belongs to them."""
    execute(
        """
        SELECT 1 FROM partners_organization WHERE id IN (SELECT organization_id FROM import_stage)
        ORDER BY id FOR NO KEY UPDATE
        """
    )


def colleagues(field: str, *, who_reads: FieldClass | None = None) -> list[RowError]:
    """Find the colleague whom a row names by address; `who_reads`: only those who read these fields where it belongs.

    SUMMARY is read by participants too, COMMERCIAL is not.
    """
    execute(
        f"""
        UPDATE import_stage s SET user_id = u.id FROM accounts_user u
        WHERE u.email = s.{field} AND u.is_active AND u.audience = 'staff'
        """
    )
    rows = fetch(f"SELECT row, {field} FROM import_stage WHERE {field} IS NOT NULL AND user_id IS NULL ORDER BY row")
    expected = _("the address of an active colleague; invite this person first")
    faults = [RowError(row=row, column="", field=field, found=email, expected=expected) for row, email in rows]
    return faults + (_who_do_not_read(field, who_reads) if who_reads else [])


def _who_do_not_read(field: str, wanted: FieldClass) -> list[RowError]:
    sql = """
        SELECT user_id, array_agg(DISTINCT organization_id) FROM import_stage
        WHERE user_id IS NOT NULL AND organization_id IS NOT NULL GROUP BY user_id
        """
    closed: dict[int, list[int]] = {}
    for user_id, organization_ids in fetch(sql):
        read = _read_by(actor_for(User.objects.get(pk=user_id)), organization_ids, wanted)
        closed[user_id] = sorted(set(organization_ids) - read)
    expected = str(_EXPECTED[wanted])
    return [
        RowError(row=row, column="", field=field, found=email, expected=expected)
        for user_id, places in closed.items()
        if places
        for row, email in fetch(
            f"""
            SELECT row, {field} FROM import_stage
            WHERE user_id = %(user)s AND organization_id = ANY (%(places)s) ORDER BY row
            """,
            {"user": user_id, "places": places},
        )
    ]


def _read_by(actor: Actor, organization_ids: list[int], wanted: FieldClass) -> set[int]:
    seen: Any = Organization.objects.filter(pk__in=organization_ids).visible_to(actor).with_reach(actor)
    rows = seen.values_list("pk", "shows_commercial")
    return {pk for pk, is_read in rows if is_read or wanted is FieldClass.SUMMARY}
