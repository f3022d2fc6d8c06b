"""Whoever has an address is found by it alone, and not among all whose names it might be the beginning of."""

from importlib import import_module

from django.db import migrations

_DESK_PAGES = import_module("tickets.migrations.0003_desk_pages")

# As in the search for people: an address that is given in full finds its contact in any organization for the desk.
AT = """
CREATE FUNCTION tickets_requester_at(address text, wanted uuid) RETURNS TABLE (
    organization_id bigint, organization_name text, contact_id bigint, contact_name text, email text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id, o.name, c.id, c.name, c.email
    FROM partners_contact c JOIN partners_organization o ON o.id = c.organization_id
    WHERE lower(c.email) = lower(address) AND c.email <> '' AND c.archived_at IS NULL AND o.archived_at IS NULL
        AND (wanted IS NULL OR o.public_id = wanted)
        AND (coalesce(current_setting('hub.desk', true), '') <> '' OR reach(o.id))
    ORDER BY o.name, c.is_primary DESC, c.name LIMIT 1
$$
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0019_card_with_health"), ("partners", "0014_contacts_by_address")]

    operations = [_DESK_PAGES._function(AT, "tickets_requester_at(text, uuid)")]
