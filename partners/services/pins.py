"""Keeping a line of the timeline on top."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from partners import permissions
from partners.models import TimelineEntry
from partners.services.locking import lock_organization

MAX_PINNED = 5


@transaction.atomic
def set_pinned(*, by: Actor, entry: TimelineEntry, is_pinned: bool, now: datetime) -> TimelineEntry:
    """Pin a line for everybody who reads the story, or let it go.

    Raises NotAllowed for those who may not write here; DomainError "full" beyond five pinned lines.
    """
    organization = lock_organization(entry.organization)
    if not permissions.can_use(by, "log_interaction", organization):
        raise NotAllowed(_("Pinning is for those who work with this organization."))
    try:
        locked: TimelineEntry = TimelineEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    except TimelineEntry.DoesNotExist:
        raise Missing(_("This line does not exist, or it is not yours.")) from None
    if (locked.pinned_at is not None) == is_pinned:
        return locked
    pinned = TimelineEntry.objects.filter(organization=organization, pinned_at__isnull=False)
    if is_pinned and pinned.count() >= MAX_PINNED:
        message = _("%(count)s lines are pinned already. Unpin one first.") % {"count": MAX_PINNED}
        raise DomainError(message, code="full")
    locked.pinned_at = now if is_pinned else None
    locked.save(update_fields=["pinned_at"])
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="timeline.pinned" if is_pinned else "timeline.unpinned",
        target=locked,
        organization_id=organization.pk,
        now=now,
    )
    return locked
