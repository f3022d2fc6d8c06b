"""Context grants of one organization as its page shows them: one's own, and those waiting for a decision."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.rules.access import Actor
from common import composed
from partners.choices import GrantState
from partners.models import ContextGrant
from partners.selectors.page import OrganizationPage

SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class PageGrants:
    """`own` is the reader's newest; `asked` wait for the reader's decision; `running` are those in force of others."""

    own: ContextGrant | None
    asked: tuple[ContextGrant, ...]
    running: tuple[ContextGrant, ...]

    @property
    def may_ask(self) -> bool:
        return self.own is None or self.own.state not in (GrantState.ASKED, GrantState.GIVEN)


def grants_of(page: OrganizationPage) -> PageGrants:
    """What the reader of `page` has to know of grants: one statement. Others' grants show to those who decide."""
    rows = composed.instances(_newest, page.actor, page.may_decide_grants, gaps=(page.row.pk,))
    others = [row for row in rows if row.user_id != page.actor.user_id]
    return PageGrants(
        own=next((row for row in rows if row.user_id == page.actor.user_id), None),
        asked=tuple(row for row in others if row.state == GrantState.ASKED),
        running=tuple(row for row in others if row.state == GrantState.GIVEN),
    )


def _newest(actor: Actor, with_others: bool, organization_id: int) -> QuerySet[Any]:
    found = ContextGrant.objects.visible_to(actor).filter(organization_id=organization_id)
    if not with_others:
        found = found.filter(user_id=actor.user_id or 0)
    newest: QuerySet[Any] = found.select_related("user", "decided_by").order_by("-asked_at", "-pk")[:SHOWN]
    return newest
