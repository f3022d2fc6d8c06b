"""Weeks ahead are kept, and triggers mark the organizations of which something changes that they stand on."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from common.rls import enable_rls

# What minutes are worked out of (selectors/capacity_rows.py): the columns of each table whose change matters.
ASSIGNMENTS = ("organization_id", "user_id", "role", "ended_at")
TOUCHPOINTS = ("organization_id", "owner_id", "owner_role", "planned_on", "state", "kind")
RENEWALS = ("organization_id", "owner_id", "due_on", "state")
FORECASTS = ("stages",)
CHANGED = {
    "partners_assignment": ("id", "organization_id", ASSIGNMENTS),
    "partners_touchpoint": ("id", "organization_id", TOUCHPOINTS),
    "partners_renewal": ("id", "organization_id", RENEWALS),
    "partners_forecast": ("organization_id", "organization_id", FORECASTS),
    "partners_organizationfacts": ("organization_id", "organization_id", ("risk",)),
    "partners_organization": ("id", "id", ("kind", "stage", "archived_at")),
}
# Nobody owns an organization that is made just now: of it alone nothing follows.
ADDED = tuple(table for table in CHANGED if table != "partners_organization")


def _columns(alias: str, names: tuple[str, ...]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def functions() -> list[str]:
    found = [
        f"""
        CREATE FUNCTION partners_mark_weeks_{way}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO partners_weeksmark (organization_id) SELECT DISTINCT organization_id FROM changed_rows;
            RETURN NULL;
        END $$
        """  # noqa: S608 - fixed words
        for way in ("insert", "delete")
    ]
    for table, (key, organization, names) in CHANGED.items():
        found.append(
            f"""
            CREATE FUNCTION {table}_mark_weeks() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO partners_weeksmark (organization_id)
                SELECT DISTINCT place.id FROM new_rows fresh JOIN old_rows was ON was.{key} = fresh.{key}
                  CROSS JOIN LATERAL (VALUES (was.{organization}), (fresh.{organization})) place(id)
                 WHERE ({_columns("fresh", names)}) IS DISTINCT FROM ({_columns("was", names)});
                RETURN NULL;
            END $$
            """  # noqa: S608 - fixed words
        )
    return found


def triggers() -> list[str]:
    found = []
    for table in CHANGED:
        found.append(
            f"CREATE TRIGGER mark_weeks_update AFTER UPDATE ON {table} REFERENCING OLD TABLE AS old_rows"
            f" NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {table}_mark_weeks()"
        )
    for table in ADDED:
        for way, rows in (("insert", "NEW"), ("delete", "OLD")):
            found.append(
                f"CREATE TRIGGER mark_weeks_{way} AFTER {way.upper()} ON {table} REFERENCING {rows} TABLE AS"
                f" changed_rows FOR EACH STATEMENT EXECUTE FUNCTION partners_mark_weeks_{way}()"
            )
    return found


def undone() -> list[str]:
    drops = [f"DROP TRIGGER mark_weeks_update ON {table}" for table in CHANGED]
    drops += [f"DROP TRIGGER mark_weeks_{way} ON {table}" for table in ADDED for way in ("insert", "delete")]
    drops += [f"DROP FUNCTION {table}_mark_weeks()" for table in CHANGED]
    return [*drops, *(f"DROP FUNCTION partners_mark_weeks_{way}()" for way in ("insert", "delete"))]


class Migration(migrations.Migration):
    dependencies = [("partners", "0021_search_planned_once")]

    operations = [
        migrations.CreateModel(
            name="KeptWeeks",
            fields=[
                (
                    "assignment",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="kept_weeks",
                        serialize=False,
                        to="partners.assignment",
                    ),
                ),
                ("monday", models.DateField()),
                ("laid_by", models.CharField(max_length=80)),
                (
                    "minutes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                ),
                (
                    "renewal_minutes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=None),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.organization",
                    ),
                ),
            ],
            options={"ordering": ["assignment_id"]},
        ),
        migrations.CreateModel(
            name="WeeksMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="partners.organization",
                    ),
                ),
            ],
            options={"ordering": ["id"]},
        ),
        enable_rls("partners_keptweeks"),
        # Whoever changes a row leaves a mark, also a program whose scope holds nothing.
        enable_rls("partners_weeksmark", insert_anywhere=True),
        migrations.RunSQL(sql=[*functions(), *triggers()], reverse_sql=undone()),
    ]
