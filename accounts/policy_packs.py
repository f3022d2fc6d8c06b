"""The access pack, made known to the loader; and the audit trail of all packs."""

from typing import Any

from accounts.rules.access import parse_access
from accounts.services import activity
from common.packs import register_pack_kind
from common.services.policies import PolicyActivated, on_policy_activated

_KEYS = ("rights", "see_all", "work_all", "leads", "participants", "fields", "capabilities")
_MAX_CHANGES = 50


def register() -> None:
    """Called once, when the app is ready."""
    register_pack_kind("access", parse_access, keys=_KEYS)
    on_policy_activated(record)


def record(event: PolicyActivated) -> None:
    """One line of the trail per version that comes into force, with the first entries that changed."""
    changes: dict[str, list[Any]] = {"version": [event.previous, event.policy.version]}
    changes |= {change.path: [change.old, change.new] for change in event.changes[:_MAX_CHANGES]}
    activity.record(
        verb="policy.activated",
        target=event.policy,
        now=event.now,
        actor_id=event.actor_id,
        actor_name=event.actor_name,
        changes=changes,
        reason=event.policy.note,
    )
