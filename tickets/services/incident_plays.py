"""The play of an incident: what its severity starts for each affected organization, once for both."""

from datetime import datetime

from django.utils.translation import gettext as _

from partners.services import plays
from tickets.incident_choices import OPEN_INCIDENTS
from tickets.models import Incident, IncidentOrganization
from tickets.services.incident_locking import severity_of


def begin(incident: Incident, *, now: datetime) -> int:
    """Begin the play for those who have had none for this incident; how many it has begun. Sees all organizations.

    Where the play does not fit, or is not known, there is none; where it runs already, that run is kept.
    """
    if incident.state not in OPEN_INCIDENTS:
        return 0
    play = severity_of(incident).play
    if not play:
        return 0
    rows = IncidentOrganization.objects.filter(incident=incident, play_run__isnull=True)
    begun = 0
    for row in rows.select_related("organization").order_by("organization_id"):
        reason = _("Incident INC-%(number)s: %(title)s") % {"number": incident.number, "title": incident.title}
        run = plays.start_by_rule(organization=row.organization, play=play, reason=reason, now=now)
        if run is not None:
            row.play_run = run
            row.save(update_fields=["play_run"])
            begun += 1
    return begun
