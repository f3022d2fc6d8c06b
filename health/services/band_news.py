"""Whom a band concerns: it stands in the story of its organization, and its owners hear when it became another one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.services.notifications import Notice, notify_each
from health import notices
from health.choices import Band
from health.policies import HealthPolicies
from health.words import reason_words
from partners.choices import EntryKind
from partners.models import Assignment, Organization
from partners.services import timeline
from partners.services.audience import Ties, holds_its_role, who_sees
from partners.work_permissions import policy_in_force

if TYPE_CHECKING:
    from health.services.scores import Outcome


def tell(turns: Sequence[Outcome], policies: HealthPolicies, *, now: datetime) -> None:
    """Tell of organizations whose band became another one; a handful of statements for all of them."""
    ids = [turn.organization_id for turn in turns]
    organizations = Organization.objects.in_bulk(ids)
    ties, policy = _ties(ids), policy_in_force()
    lines, told = [], []
    for turn in turns:
        organization = organizations[turn.organization_id]
        figures = {"before": Band(turn.band_before).label, "after": Band(turn.band).label}
        title = _("Health turned from %(before)s to %(after)s") % figures
        # Who reads it may not read commercial figures: they are told on the page of health, to those who may.
        why = reason_words(turn.reason, policies, with_commercial=False)
        data = {"what": "band", "from": turn.band_before, "to": turn.band, "card": turn.card}
        data |= {"day": turn.day.isoformat(), "occasion": turn.occasion, "organization": str(organization.public_id)}
        lines.append(
            timeline.line(
                organization=organization, kind=EntryKind.HEALTH, title=title, body=why, data=data, at=now, by=None
            )
        )
        told += [
            Notice(
                user_id=user_id,
                title=_("%(organization)s: %(what)s") % {"organization": organization.name, "what": title},
                body=why,
                key=f"band:{organization.pk}:{turn.day.isoformat()}:{turn.occasion}",
                target_type="organization_health",
                target_id=organization.pk,
                organization_id=organization.pk,
            )
            for user_id in sorted(
                who_sees(ties[organization.pk], policy, kind=organization.kind, stage=organization.stage)
            )
        ]
    timeline.push_many(lines)
    notify_each(told, kind=notices.BANDS, now=now)


def _ties(organization_ids: Sequence[int]) -> defaultdict[int, Ties]:
    """Who holds these organizations today, in roles that they hold today. One statement."""
    rows = Assignment.objects.active().filter(holds_its_role(), organization_id__in=organization_ids).order_by()
    held: defaultdict[int, set[tuple[int, str]]] = defaultdict(set)
    for pk, user_id, role in rows.values_list("organization_id", "user_id", "role"):
        held[pk].add((user_id, role))
    ties: defaultdict[int, Ties] = defaultdict(lambda: Ties(held=frozenset()))
    ties.update({pk: Ties(held=frozenset(found)) for pk, found in held.items()})
    return ties
