"""Replies that set a status when they leave, two more orders of queues, and whom the desk finds behind a ticket."""

import datetime

import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

# What the desk may read of the people behind a ticket, and find for a new one: within the same reach as the card of an
# organization (ADR 0023). The functions belong to the owner of the tables and apply the reach themselves.
REACH = """CASE coalesce(current_setting('hub.desk', true), '')
    WHEN 'all' THEN true
    WHEN '' THEN coalesce(current_setting('hub.scope', true), '') = 'all' OR {organization} = ANY (hub_scope_ids())
    ELSE coalesce(current_setting('hub.scope', true), '') = 'all' OR {organization} = ANY (hub_scope_ids()) OR EXISTS (
        SELECT 1 FROM tickets_ticket t
        WHERE t.organization_id = {organization} AND t.queue_id = ANY (hub_desk_queue_ids())
    )
END"""
ORGANIZATION_PK = """
CREATE FUNCTION tickets_organization_pk(wanted uuid) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT o.id FROM partners_organization o WHERE o.public_id = wanted AND reach(o.id)
$$
"""
CONTACT = """
CREATE FUNCTION tickets_contact(wanted bigint) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'public_id', c.public_id, 'name', c.name, 'email', c.email, 'phone', c.phone, 'job_title', c.job_title,
        'timezone', c.timezone, 'is_ticket_manager', c.is_ticket_manager
    )
    FROM partners_contact c WHERE c.id = wanted AND reach(c.organization_id)
$$
"""
# An address that is given in full finds its contact in any organization: whoever is on the phone says who they are.
FIND = """
CREATE FUNCTION tickets_find_requesters(typed text, most integer) RETURNS TABLE (
    organization_id bigint, organization uuid, organization_name text, contact_id bigint, contact uuid,
    contact_name text, email text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id, o.public_id, o.name, c.id, c.public_id, c.name, c.email
    FROM partners_organization o
    LEFT JOIN partners_contact c ON c.organization_id = o.id AND c.archived_at IS NULL
    WHERE o.archived_at IS NULL AND (
        (coalesce(current_setting('hub.desk', true), '') <> '' AND lower(c.email) = lower(typed))
        OR (
            (o.name ILIKE '%' || typed || '%' OR c.name ILIKE '%' || typed || '%' OR c.email ILIKE typed || '%')
            AND reach(o.id)
        )
    )
    ORDER BY lower(c.email) = lower(typed) DESC NULLS LAST, o.name, c.is_primary DESC NULLS LAST, c.name
    LIMIT least(most, 50)
$$
"""


def _function(sql: str, signature: str) -> migrations.RunSQL:
    grant = f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {signature} TO hub_app"
    for column in ("o.id", "c.organization_id"):
        sql = sql.replace(f"reach({column})", REACH.format(organization=column))
    return migrations.RunSQL(sql=[sql, grant], reverse_sql=f"DROP FUNCTION {signature}")


class Migration(migrations.Migration):
    dependencies = [
        ("common", "0006_policy_working_copies"),
        ("partners", "0010_task_search"),
        ("tickets", "0002_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="sets_status",
            field=models.CharField(
                blank=True, help_text="The status that the ticket gets once this reply has left.", max_length=8
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                django.db.models.functions.comparison.Coalesce(
                    "waits_since",
                    models.Value(
                        datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.UTC), output_field=models.DateTimeField()
                    ),
                ),
                models.F("id"),
                condition=models.Q(
                    ("merged_into__isnull", True), ("status__in", ["new", "open", "pending", "on_hold"])
                ),
                name="ticket_waits_longest",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.Case(
                    models.When(priority="critical", then=models.Value(0)),
                    models.When(priority="high", then=models.Value(1)),
                    models.When(priority="medium", then=models.Value(2)),
                    models.When(priority="low", then=models.Value(3)),
                    default=models.Value(9),
                    output_field=models.SmallIntegerField(),
                ),
                models.F("breaches_at"),
                models.F("id"),
                condition=models.Q(
                    ("merged_into__isnull", True), ("status__in", ["new", "open", "pending", "on_hold"])
                ),
                name="ticket_most_urgent",
            ),
        ),
        _function(ORGANIZATION_PK, "tickets_organization_pk(uuid)"),
        _function(CONTACT, "tickets_contact(bigint)"),
        _function(FIND, "tickets_find_requesters(text, integer)"),
    ]
