"""The classification of one organization in words: value, rule, figures, and what was set by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.rules.access import Actor, Subject
from partners.models import Organization


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number that a rule compared: its name in words and its value in words."""

    label: str
    value: str


@dataclass(frozen=True, kw_only=True)
class ClassifiedValue:
    """One dimension. `value` is "" where the facts do not suffice; `figures` is empty for those who may not read it."""

    dimension: str
    label: str
    value: str
    value_label: str
    rule: str
    figures: tuple[Figure, ...]
    policy_versions: Mapping[str, int]
    computed_at: datetime | None
    is_overridden: bool
    computed_value_label: str
    override_reason: str
    overridden_by: str
    overridden_at: datetime | None


def classification_of(
    actor: Actor, organization: Organization, *, subject: Subject | None = None
) -> tuple[ClassifiedValue, ...]:
    """The dimensions that apply to the organization's kind, each with its reason: two statements."""
    raise NotImplementedError
