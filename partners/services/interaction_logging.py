"""The 60-second form as one use case: what was said, what was promised in it, and the meeting that it was.

All of it is written, or nothing. Whoever is named with an @ is told, if they open the organization in full.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actors import actor_for
from accounts.auth import users_with_access
from accounts.models import User
from accounts.rules.access import Actor
from accounts.services.notifications import notify
from common.errors import DomainError
from common.mentions import mentioned
from partners import notices
from partners.models import Contact, Interaction, Organization, Touchpoint
from partners.permissions import opens_in_full, subject_of
from partners.services import commitments, interaction_drafts, touchpoints
from partners.services.interactions import log_interaction

MOST_PROMISES = 5
_MOST_NAMED = 50


class PromiseRefused(DomainError):
    """What a promise of the form lacks; `row` says which of them, from 0."""

    def __init__(self, row: int, error: DomainError) -> None:
        super().__init__(error.message, field=error.field, code=error.code)
        self.row = row

    @property
    def errors(self) -> list[tuple[str, str]]:
        return [(f"commitments.{self.row}.{self.field}", self.message)]


@dataclass(frozen=True, kw_only=True)
class Logged:
    """What was written; `told` are colleagues that were told, `passed_over` the handles of which nobody was."""

    interaction: Interaction
    told: tuple[str, ...]
    passed_over: tuple[str, ...]


@transaction.atomic
def log(
    *,
    by: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    contacts: Iterable[Contact] = (),
    promises: Sequence[Mapping[str, Any]] = (),
    touchpoint: Touchpoint | None = None,
    now: datetime,
) -> Logged:
    """Log an interaction with the promises made in it, and close the touchpoint that it was; the draft is gone.

    Raises as the use cases of each do; PromiseRefused for a promise that does not hold; DomainError "too_many".
    """
    if len(promises) > MOST_PROMISES:
        message = _("Write down up to %(count)d promises at a time.") % {"count": MOST_PROMISES}
        raise DomainError(message, field="commitments", code="too_many")
    made = log_interaction(by=by, organization=organization, values=values, contacts=contacts, now=now)
    for row, promise in enumerate(promises):
        try:
            commitments.make(by=by, organization=organization, values=promise, source=made, now=now)
        except DomainError as error:
            if error.field is None:
                raise
            raise PromiseRefused(row, error) from error
    if touchpoint is not None:
        touchpoints.complete(by=by, touchpoint=touchpoint, interaction=made, now=now)
    interaction_drafts.forget(by=by, organization=organization)
    told, passed_over = tell_mentioned(by=by, interaction=made, now=now)
    return Logged(interaction=made, told=told, passed_over=passed_over)


def tell_mentioned(*, by: Actor, interaction: Interaction, now: datetime) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell the colleagues that the notes name and who open the organization in full; who was told, whom nobody is."""
    handles = mentioned(f"{interaction.summary} {interaction.body}")
    if not handles:
        return (), ()
    told = _named(by, interaction.organization, handles)
    notify(
        user_ids=[user.pk for user in told if user.pk != by.user_id],
        kind=notices.MENTIONS,
        title=_("%(name)s names you: %(summary)s") % {"name": by.name, "summary": interaction.summary},
        body=interaction.organization.name,
        key=f"interaction-mention:{interaction.pk}",
        now=now,
        target_type="interaction",
        target_id=interaction.pk,
        organization_id=interaction.organization_id,
    )
    reached = {_handle(user) for user in told}
    names = tuple(user.name for user in told if user.pk != by.user_id)
    return names, tuple(handle for handle in handles if handle not in reached)


def _named(by: Actor, organization: Organization, handles: tuple[str, ...]) -> list[User]:
    wanted = Q(pk__in=[])
    for handle in handles:
        wanted |= Q(email__istartswith=f"{handle}@")
    found = User.objects.visible_to(by).staff().active().filter(wanted).order_by("pk")
    people = users_with_access(found.values_list("pk", flat=True)[:_MOST_NAMED])
    subject = subject_of(organization)
    return [user for user in people if opens_in_full(actor_for(user), organization, subject=subject)]


def _handle(user: User) -> str:
    return user.email.partition("@")[0].lower()
