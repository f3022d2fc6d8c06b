"""What the desk knows of organizations: promises, critical tickets and incidents, how many tickets come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q
from django.utils import timezone

from health.collectors.organizations import Rows, fetch, percent
from health.collectors.registry import collector
from tickets.choices import ClockState, Priority
from tickets.incident_choices import Severity
from tickets.models import SlaClock
from tickets.selectors.promises import Period, decided_in

PROMISES = timedelta(days=30)


@collector("promises", "sla_compliance")
def promises(ids: Sequence[int], at: datetime) -> Rows:
    """Percent of the promises decided within thirty days that were kept (sla.md R17)."""
    clocks = SlaClock.objects.filter(ticket__organization_id__in=ids)
    decided = decided_in(clocks, Period(start=at - PROMISES, end=at, now=at)).order_by()
    rows = decided.values("ticket__organization_id").annotate(
        kept=Count("pk", filter=Q(state=ClockState.MET)), whole=Count("pk")
    )
    return percent("sla_compliance", rows.values_list("ticket__organization_id", "kept", "whole"))


# Known of organizations that the desk has ever heard of.
_CRITICALS = """
SELECT id, coalesce(tickets, 0) + incidents FROM (
    SELECT o.id,
        (SELECT count(*) FILTER (WHERE t.priority = %(critical)s AND (t.solved_at IS NULL OR t.solved_at > %(at)s))
        FROM tickets_ticket t
        WHERE t.organization_id = o.id AND t.opened_at <= %(at)s AND t.merged_into_id IS NULL
        HAVING count(*) > 0) AS tickets,
        (SELECT count(*) FILTER (WHERE i.severity = %(severity)s AND (i.resolved_at IS NULL OR i.resolved_at > %(at)s))
        FROM tickets_incidentorganization a JOIN tickets_incident i ON i.id = a.incident_id
        WHERE a.organization_id = o.id AND a.added_at <= %(at)s) AS incidents
    FROM unnest(%(ids)s::bigint[]) AS o(id)
) found WHERE tickets IS NOT NULL OR incidents > 0
"""


@collector("criticals", "open_criticals")
def criticals(ids: Sequence[int], at: datetime) -> Rows:
    """Critical tickets and incidents that are open."""
    rows = fetch(_CRITICALS, ids, at, critical=Priority.CRITICAL, severity=Severity.S1)
    return [(pk, "open_criticals", Decimal(count)) for pk, count in rows]


_OPENED = """
SELECT organization_id, count(*) FILTER (WHERE opened_at >= %(start)s) FROM tickets_ticket
WHERE organization_id = ANY (%(ids)s::bigint[]) AND opened_at < %(end)s AND merged_into_id IS NULL GROUP BY 1
"""


@collector("tickets", "tickets_opened", is_daily=True)
def opened(ids: Sequence[int], at: datetime) -> Rows:
    """Tickets opened on the day before, of organizations that ever opened one."""
    end = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    start = (end - timedelta(hours=12)).replace(hour=0)
    return [(pk, "tickets_opened", Decimal(count)) for pk, count in fetch(_OPENED, ids, at, start=start, end=end)]
