"""Drills are played by those who look after support; what each found is kept (reports.md, Policy quality)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import NotAllowed
from common.models import PolicyVersion
from common.scope import Scope, scoped
from tickets.models import EscalationDrill
from tickets.permissions import can_manage_support
from tickets.selectors import drill as thought_of
from tickets.selectors.drill_records import as_data, steps_of


@transaction.atomic
def play(*, by: Actor, drill: thought_of.Drill, now: datetime) -> EscalationDrill:
    """Play it, and keep who played what and which holes were found. Nobody hears of it.

    Raises NotAllowed, WorktimeError where the calendar never opens.
    """
    if by.user_id is None or not can_manage_support(by):
        raise NotAllowed(_("Drills are played by those who look after support."))
    # Owners of an organization are facts of the ticket that is thought of, whoever plays.
    with scoped(Scope.all()):
        result = thought_of.run(drill)
    made: EscalationDrill = EscalationDrill.objects.create(
        played_by_id=by.user_id,
        played_at=now,
        policy=drill.policy.id,
        policy_version=PolicyVersion.objects.values_list("version", flat=True).get(pk=drill.version_id),
        priority=drill.priority,
        queue=drill.queue.name,
        starts_at=drill.start,
        ticket_number=drill.ticket_number,
        has_teams=result.has_teams,
        steps=steps_of(result),
        holes=len(result.holes),
        outcome=as_data(result),
    )
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="drill.played",
        target=made,
        target_name=_("Drill of %(policy)s") % {"policy": made.policy},
        changes={"holes": [None, made.holes], "policy_version": [None, made.policy_version]},
        now=now,
    )
    return made
