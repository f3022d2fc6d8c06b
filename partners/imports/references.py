"""Checks by set that need the database: who is meant, and whether two rows mean the same."""

from django.utils.translation import gettext as _

from partners.imports.reading import RowError
from partners.imports.staging import execute, fetch


def resolve_organizations() -> list[RowError]:
    """Find the organization of each staged row, by external key or by name; rows without one are faults."""
    execute(
        """
        UPDATE import_stage s SET organization_id = o.id FROM partners_organization o
        WHERE s.organization_key IS NOT NULL AND o.external_key = s.organization_key AND o.archived_at IS NULL
          AND (s.source = '' OR o.source = s.source)
        """
    )
    execute(
        """
        UPDATE import_stage s SET organization_id = found.id FROM (
            SELECT min(id) AS id, name_sort FROM partners_organization
            WHERE archived_at IS NULL GROUP BY name_sort HAVING count(*) = 1
        ) found
        WHERE s.organization_id IS NULL AND s.organization_name IS NOT NULL
          AND found.name_sort = lower(hub_unaccent(s.organization_name))
        """
    )
    rows = fetch(
        "SELECT row, organization_key, organization_name FROM import_stage WHERE organization_id IS NULL ORDER BY row"
    )
    return [
        RowError(
            row=row,
            column="",
            field="organization_key" if key else "organization_name",
            found=key or name or "",
            expected=_("an organization that exists, by its external key or by a name that only it has"),
        )
        for row, key, name in rows
    ]


def duplicates(columns: str, field: str) -> list[RowError]:
    """Rows that mean the same as an earlier one in the file; the first stays."""
    rows = fetch(
        f"""
        SELECT row, shown, first FROM (
            SELECT row, {field}::text AS shown, min(row) OVER (PARTITION BY {columns}) AS first
            FROM import_stage WHERE {field} IS NOT NULL AND {field}::text <> ''
        ) numbered WHERE row <> first ORDER BY row
        """
    )
    return [
        RowError(
            row=row,
            column="",
            field=field,
            found=shown,
            expected=_("a key of its own; row %(first)s has the same") % {"first": first},
        )
        for row, shown, first in rows
    ]
