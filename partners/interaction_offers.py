"""What the 60-second form offers, as its selector reads it and its form shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from partners.interaction_policy import Skeleton
from partners.models import Contact, Touchpoint


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """A planned touchpoint that an interaction may have been."""

    touchpoint: Touchpoint
    label: str

    @property
    def key(self) -> str:
        return str(self.touchpoint.public_id)


@dataclass(frozen=True, kw_only=True)
class FormOffer:
    """What stands to choose. `draft` holds the fields as they were typed; `saved_at` when, None without one."""

    people: Sequence[Contact]
    skeletons: Sequence[Skeleton]
    meetings: Sequence[Meeting]
    may_promise: bool
    draft: Mapping[str, list[str]]
    saved_at: datetime | None
