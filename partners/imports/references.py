"""Checks by set that need the database: who is meant, and whether two rows mean the same."""

from django.utils.translation import gettext as _

from partners.imports.reading import RowError
from partners.imports.staging import execute, fetch


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
