"""A handoff as the rules see it, and what stands in the way of its next move: for use cases and pages alike."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import RoleGrant
from partners.models import Handoff, HandoffItem, Organization
from partners.rules import handoffs as rules
from partners.rules.cadence import working_days
from partners.rules.handoff_packs import HandoffPolicy, Meeting
from partners.rules.handoffs import HandoffMove, Obstacle
from partners.working_hours import hours_of_person

MEETING_FIELDS = {
    Meeting.HANDOFF_MEETING: "meeting_on",
    Meeting.DOCUMENT_REVIEW: "documents_reviewed_on",
    Meeting.INTRODUCTION: "introduced_on",
}


def obstacles_of(
    move: HandoffMove,
    handoff: Handoff,
    policy: HandoffPolicy,
    *,
    by_id: int,
    reasons: Sequence[str] = (),
    items: Iterable[HandoffItem] | None = None,
    now: datetime,
) -> tuple[Obstacle, ...]:
    """What stands in the way of a move. `handoff` comes with its receiver and organization; `items` may be read."""
    rows = HandoffItem.objects.filter(handoff=handoff) if items is None else items
    roles = RoleGrant.objects.filter(user_id=handoff.receiver_id, ended_at__isnull=True)
    held = frozenset(roles.values_list("role", flat=True)) if handoff.receiver.is_active else frozenset[str]()
    return rules.obstacles(
        move,
        as_rules_see_it(handoff, policy, rows),
        by_id=by_id,
        receiver_roles=held,
        reasons=reasons,
        today=local_day(handoff.organization, now),
        is_working_day=working_days(hours_of_person(handoff.receiver, now)),
    )


def as_rules_see_it(handoff: Handoff, policy: HandoffPolicy, items: Iterable[HandoffItem]) -> rules.Handoff:
    """The row with its items, as `partners.rules.handoffs` takes it."""
    return rules.Handoff(
        kind=policy.kinds[handoff.kind],
        state=rules.HandoffState(handoff.state),
        giver_id=handoff.giver_id,
        role=handoff.to_role,
        receiver_id=handoff.receiver_id,
        items=[
            rules.ItemState(
                item_id=row.key,
                has_content=has_content(row),
                is_checked=row.is_settled,
                is_read=row.read_at is not None,
            )
            for row in items
        ],
        held=frozenset(meeting for meeting, field in MEETING_FIELDS.items() if getattr(handoff, field) is not None),
        shadow_from=handoff.shadow_from,
    )


def has_content(item: HandoffItem) -> bool:
    """Whether there is anything in an item: lines that the hub found, or what the giver wrote."""
    return bool(item.gathered) or bool(item.note.strip())


def local_day(organization: Organization, now: datetime) -> date:
    """The organization's day of today."""
    return timezone.localdate(now, ZoneInfo(organization.timezone))
