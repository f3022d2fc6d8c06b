"""The second wall of tickets, and the card of an organization that people at the desk may read (ADR 0023)."""

from django.db import migrations

from common.rls import append_only
from tickets.rls import DESK_FUNCTION, enable_ticket_rls

PARTS = (
    "tickets_watcher",
    "tickets_looking",
    "tickets_replydraft",
    "tickets_message",
    "tickets_attachment",
    "tickets_ticketevent",
    "tickets_externallink",
    "tickets_slaclock",
    "tickets_slatimer",
)

# Support opens no organization: of one with a ticket in their queues they read this and no more. The function belongs
# to the owner of the tables and applies the desk itself.
CARD = """
CREATE FUNCTION tickets_card(wanted bigint) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT jsonb_build_object(
        'public_id', o.public_id, 'name', o.name, 'kind', o.kind, 'stage', o.stage, 'timezone', o.timezone,
        'country', o.country, 'partner_tier', f.partner_tier, 'arr_segment', f.arr_segment, 'gemstone', f.gemstone,
        'owners', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(a.role, u.name) ORDER BY a.role, NOT a.is_primary, a.id), '[]')
            FROM partners_assignment a JOIN accounts_user u ON u.id = a.user_id
            WHERE a.organization_id = o.id AND a.ended_at IS NULL
        )
    )
    FROM partners_organization o LEFT JOIN partners_organizationfacts f ON f.organization_id = o.id
    WHERE o.id = wanted AND CASE coalesce(current_setting('hub.desk', true), '')
        WHEN 'all' THEN true
        WHEN '' THEN false
        ELSE EXISTS (
            SELECT 1 FROM tickets_ticket t WHERE t.organization_id = o.id AND t.queue_id = ANY (hub_desk_queue_ids())
        )
    END
$$
"""
NAME = """
CREATE FUNCTION tickets_organization_name(wanted bigint) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    SELECT o.name FROM partners_organization o
    WHERE o.id = wanted AND CASE coalesce(current_setting('hub.desk', true), '')
        WHEN 'all' THEN true
        WHEN '' THEN coalesce(current_setting('hub.scope', true), '') = 'all' OR o.id = ANY (hub_scope_ids())
        ELSE coalesce(current_setting('hub.scope', true), '') = 'all' OR o.id = ANY (hub_scope_ids()) OR EXISTS (
            SELECT 1 FROM tickets_ticket t WHERE t.organization_id = o.id AND t.queue_id = ANY (hub_desk_queue_ids())
        )
    END
$$
"""


def _function(sql: str, signature: str) -> migrations.RunSQL:
    grant = f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {signature} TO hub_app"
    return migrations.RunSQL(sql=[sql, grant], reverse_sql=f"DROP FUNCTION {signature}")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial")]

    operations = [
        migrations.RunSQL(sql=DESK_FUNCTION, reverse_sql="DROP FUNCTION hub_desk_queue_ids()"),
        enable_ticket_rls("tickets_ticket", is_part=False),
        *(enable_ticket_rls(table) for table in PARTS),
        append_only("tickets_ticketevent"),
        _function(CARD, "tickets_card(bigint)"),
        _function(NAME, "tickets_organization_name(bigint)"),
    ]
