"""The rhythm of incidents: the commander is warned before an update is due, and told when it is late. Once each.

Safe to run twice: the notices are the memory. Sees all organizations.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.services.notifications import notify
from common.errors import DomainError
from tickets import notices
from tickets.models import Incident, PostMortem
from tickets.rules.incident_packs import IncidentPolicy
from tickets.services.incident_locking import policy_in_force
from tickets.services.incident_news import desk_leads, tell_post_mortem, who_see

CHUNK = 200
SOON = timedelta(days=1)
"""How long before its day somebody hears that a post-mortem is due."""


def watch(*, now: datetime) -> int:
    """Say what is due or late by now; how many notices are new."""
    try:
        policy = policy_in_force()
    except DomainError:
        return 0
    return _updates(policy, now) + _post_mortems(now)


def _updates(policy: IncidentPolicy, now: datetime) -> int:
    until = now + timedelta(minutes=policy.longest_warning)
    rows = Incident.objects.unresolved().filter(update_due_at__lte=until).select_related("queue")
    return sum(_of_update(row, policy, now) for row in rows.order_by("update_due_at", "pk")[:CHUNK])


def _of_update(incident: Incident, policy: IncidentPolicy, now: datetime) -> int:
    due_at = incident.update_due_at
    if due_at is None:
        return 0
    leads = desk_leads(incident, now)
    charged = who_see(incident, [incident.commander_id]) or leads
    words = {"title": f"INC-{incident.number} {incident.title}"}
    if now > due_at:
        title, people, occasion = _("The update on %(title)s is late"), {*charged, *leads}, "late"
    elif due_at - timedelta(minutes=policy.severities[incident.severity].warn_minutes) <= now:
        title, people, occasion = _("An update on %(title)s is due soon"), charged, "due"
    else:
        return 0
    return notify(
        user_ids=who_see(incident, people),
        kind=notices.INCIDENT_RHYTHM,
        title=title % words,
        body=_("Also when there is nothing new: say that, and when you will speak again."),
        key=f"incident-{occasion}:{incident.pk}:{due_at.isoformat()}",
        now=now,
        target_type="incident",
        target_id=incident.pk,
    )


def _post_mortems(now: datetime) -> int:
    rows = PostMortem.objects.filter(is_required=True, published_at__isnull=True, due_at__lte=now + SOON)
    found = rows.select_related("incident__queue").order_by("due_at", "pk")[:CHUNK]
    return sum(_of_post_mortem(row, now) for row in found)


def _of_post_mortem(row: PostMortem, now: datetime) -> int:
    incident, due_at = row.incident, row.due_at
    if due_at is None:
        return 0
    leads = desk_leads(incident, now)
    charged = who_see(incident, [incident.commander_id]) or leads
    is_late = now > due_at
    title = _("The post-mortem of %(title)s is late") if is_late else _("The post-mortem of %(title)s is due soon")
    people = {*charged, *leads} if is_late else charged
    key = f"post-mortem-{'late' if is_late else 'due'}:{row.pk}:{due_at.isoformat()}"
    return tell_post_mortem(incident, key=key, title=title, people=people, now=now)
