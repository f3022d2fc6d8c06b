"""What somebody has begun to write about an organization: kept while they type, gone once it is logged."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError, NotAllowed
from partners import permissions
from partners.models import InteractionDraft, Organization

MAX_DRAFT = 64 * 1024


@transaction.atomic
def save(*, by: Actor, organization: Organization, values: Mapping[str, Sequence[str]], now: datetime) -> None:
    """Keep what the fields hold; nothing in them forgets the draft. Raises NotAllowed, DomainError "too_long"."""
    if not permissions.can_use(by, "log_interaction", organization):
        raise NotAllowed(_("You may not log interactions with this organization."))
    kept = {name: [one.replace("\0", "") for one in found] for name, found in values.items()}
    if not any(one.strip() for name in ("summary", "body") for one in kept.get(name, ())):
        forget(by=by, organization=organization)
        return
    if len(json.dumps(kept)) > MAX_DRAFT:
        raise DomainError(_("This is too long to be kept as a draft."), code="too_long")
    InteractionDraft.objects.update_or_create(
        organization=organization, user_id=by.user_id or 0, defaults={"values": kept, "saved_at": now}
    )


def forget(*, by: Actor, organization: Organization) -> None:
    """It is logged, or not wanted any more."""
    InteractionDraft.objects.filter(organization_id=organization.pk, user_id=by.user_id or 0).delete()
