"""Whom a forecast concerns: owners hear once for each target that their organization will probably miss it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import RoleGrant
from accounts.rules.access import AccessPolicy
from accounts.services.notifications import notify
from common.policy_cache import active_policy
from common.templatetags.format import spell_day
from partners import notices
from partners.models import Assignment, Forecast, Organization
from partners.services.audience import Ties, who_sees


def tell_of_high_risk(forecasts: Sequence[Forecast], *, now: datetime) -> None:
    """Tell the owners to whom each of these organizations is open. Four statements, and those of the notices."""
    active = active_policy("access") if forecasts else None
    if active is None or not isinstance(active.policy, AccessPolicy):
        return
    ties = _ties([one.pk for one in forecasts])
    organizations = Organization.objects.in_bulk([one.pk for one in forecasts])
    for one in forecasts:
        organization = organizations[one.pk]
        if one.target_on is None or one.launch_p80_on is None:
            continue
        words = {"name": organization.name, "target": spell_day(one.target_on), "day": spell_day(one.launch_p80_on)}
        notify(
            user_ids=who_sees(ties[one.pk], active.policy, kind=organization.kind, stage=organization.stage),
            kind=notices.FORECASTS,
            title=_("%(name)s will probably miss its launch on %(target)s") % words,
            body=_("Four of five organizations like it launch by %(day)s.") % words,
            key=f"forecast:{one.pk}:{one.target_on.isoformat()}",
            now=now,
            target_type="organization",
            target_id=organization.pk,
            organization_id=organization.pk,
        )


def _ties(organization_ids: Sequence[int]) -> defaultdict[int, Ties]:
    """Who holds these organizations today, in roles that they hold today. Two statements."""
    held = Assignment.objects.active().filter(organization_id__in=organization_ids)
    rows = list(held.values_list("organization_id", "user_id", "role"))
    grants = RoleGrant.objects.filter(user_id__in={user_id for _pk, user_id, _role in rows}, ended_at__isnull=True)
    granted = set(grants.values_list("user_id", "role"))
    found: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for pk, user_id, role in rows:
        if (user_id, role) in granted:
            found[pk].add((user_id, role))
    ties: defaultdict[int, Ties] = defaultdict(lambda: Ties(held=frozenset()))
    ties.update({pk: Ties(held=frozenset(held_by)) for pk, held_by in found.items()})
    return ties
