"""When people who count were last talked with, both ways: kept up beside them, one statement for any number."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from partners.rules.stakeholders import COUNTING_ROLES

# Contacts whose role counts get their row here, so that whoever makes contacts (people, imports) needs not know of it.
_REFRESH = """
INSERT INTO partners_stakeholder AS s (public_id, created_at, updated_at, organization_id, contact_id, influence,
    sentiment, is_sponsor, cares_about, version, last_two_way_at)
SELECT gen_random_uuid(), %(now)s, %(now)s, c.organization_id, c.id, 'unknown', 'unknown', false, '', 1,
    (SELECT max(i.happened_at)
        FROM partners_interactioncontact p JOIN partners_interaction i ON i.id = p.interaction_id
        WHERE p.contact_id = c.id AND i.is_two_way AND i.archived_at IS NULL)
FROM partners_contact c
WHERE c.organization_id = ANY (%(ids)s)
    AND (c.role = ANY (%(roles)s) AND c.archived_at IS NULL
        OR EXISTS (SELECT 1 FROM partners_stakeholder k WHERE k.contact_id = c.id))
ORDER BY c.id
ON CONFLICT (contact_id) DO UPDATE SET last_two_way_at = EXCLUDED.last_two_way_at
    WHERE s.last_two_way_at IS DISTINCT FROM EXCLUDED.last_two_way_at
"""


def refresh(organization_ids: Iterable[int], *, now: datetime) -> None:
    """Bring the people of these organizations in step with contacts and interactions, in the caller's transaction."""
    ids = sorted(set(organization_ids))
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, {"ids": ids, "now": now, "roles": sorted(COUNTING_ROLES)})
