import django.db.models.deletion
from django.db import migrations, models

from common.rls import enable_rls

# The tables that rows of measures come from (reports/selectors/sources.py).
SOURCES = (
    "tickets_ticket",
    "tickets_slaclock",
    "partners_surveyrequest",
    "partners_surveyresponse",
    "partners_touchpoint",
)
CHANGED = {
    "insert": ("NEW TABLE AS new_rows", "SELECT organization_id FROM new_rows"),
    "delete": ("OLD TABLE AS old_rows", "SELECT organization_id FROM old_rows"),
    "update": (
        "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "SELECT organization_id FROM old_rows UNION ALL SELECT organization_id FROM new_rows",
    ),
}


def functions() -> list[str]:
    return [
        f"""
        CREATE FUNCTION reports_mark_{way}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO reports_factmark (organization_id)
            SELECT DISTINCT organization_id FROM ({rows}) changed WHERE organization_id IS NOT NULL;
            RETURN NULL;
        END $$
        """  # noqa: S608 - fixed words
        for way, (_tables, rows) in CHANGED.items()
    ]


def triggers() -> list[str]:
    return [
        f"CREATE TRIGGER reports_mark_{way} AFTER {way.upper()} ON {table} REFERENCING {tables}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION reports_mark_{way}()"
        for table in SOURCES
        for way, (tables, _rows) in CHANGED.items()
    ]


def no_triggers() -> list[str]:
    drops = [f"DROP TRIGGER reports_mark_{way} ON {table}" for table in SOURCES for way in CHANGED]
    return [*drops, *(f"DROP FUNCTION reports_mark_{way}()" for way in CHANGED)]


class Migration(migrations.Migration):
    initial = True

    dependencies = [("partners", "0019_balance_making"), ("tickets", "0022_mail_logged")]

    operations = [
        migrations.CreateModel(
            name="FactMark",
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
        migrations.CreateModel(
            name="DailyFact",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "organization_id",
                        "measure",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("measure", models.CharField(max_length=40)),
                ("day", models.DateField()),
                ("numerator", models.DecimalField(decimal_places=6, max_digits=20)),
                ("denominator", models.DecimalField(decimal_places=6, max_digits=20)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="partners.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["organization_id", "measure", "day"],
                "indexes": [
                    models.Index(
                        fields=["measure", "day", "organization"],
                        include=("numerator", "denominator"),
                        name="daily_fact_of_measure",
                    )
                ],
            },
        ),
        enable_rls("reports_dailyfact"),
        # Whoever changes a row leaves a mark, also a program whose scope holds nothing; only the job reads them.
        enable_rls("reports_factmark", insert_anywhere=True),
        migrations.RunSQL(sql=[*functions(), *triggers()], reverse_sql=no_triggers()),
        # What is there already is worked out by the first run of the job.
        migrations.RunSQL(
            sql="INSERT INTO reports_factmark (organization_id) SELECT id FROM partners_organization ORDER BY id",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
