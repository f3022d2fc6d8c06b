"""What is written and said about handoffs: audit trail, a line of the story, notices to giver and receiver."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.labels import role_short_label
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.notifications import notify
from partners import notices
from partners.choices import EntryKind
from partners.models import Handoff
from partners.services import timeline


def record(
    verb: str, handoff: Handoff, *, by: Actor, now: datetime, changes: Mapping[str, Any] | None = None, reason: str = ""
) -> None:
    """Add to the trail: states, days and people, no words of the items."""
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=f"handoff.{verb}",
        target=handoff,
        target_name=_("Handoff of %(name)s") % {"name": handoff.organization.name},
        organization_id=handoff.organization_id,
        changes=changes,
        reason=reason,
        now=now,
    )


def say(sentence: str, handoff: Handoff, *, by: Actor, at: datetime, body: str = "") -> None:
    """Add a line to the organization's story; `sentence` may name %(giver)s, %(receiver)s and their roles."""
    timeline.push(
        organization=handoff.organization,
        kind=EntryKind.HANDOFF,
        title=sentence % people(handoff),
        body=body,
        at=at,
        by=by,
        data={"handoff": handoff.kind, "state": handoff.state},
        target=handoff,
    )


def tell(
    user_ids: Iterable[int],
    sentence: str,
    handoff: Handoff,
    *,
    by: Actor | None,
    key: str,
    now: datetime,
) -> None:
    """Tell people, except who did it; `key` names the occasion of this handoff.

    Without the organization's id: who lost sight of it, or does not see it yet, reads the notice all the same. And
    without what people wrote: it stands on the page of the handoff, where it can be erased.
    """
    own = by.user_id if by else None
    notify(
        user_ids=[user_id for user_id in user_ids if user_id != own],
        kind=notices.HANDOFFS,
        title=sentence % (people(handoff) | {"name": handoff.organization.name}),
        key=f"handoff:{handoff.pk}:{key}",
        now=now,
        target_type="handoff",
        target_id=handoff.pk,
    )


def people(handoff: Handoff) -> dict[str, str]:
    """Giver and receiver with their roles, for sentences."""
    return {
        "giver": handoff.giver.name,
        "receiver": handoff.receiver.name,
        "from_role": role_short_label(handoff.from_role),
        "to_role": role_short_label(handoff.to_role),
    }
