"""Sections of business reviews: what each floor can tell of a period. Modules register theirs (ADR 0031).

The pack "reviews" names sections; one that no module has registered is left out, and breaks nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from partners.models import Organization
from partners.rules.review_content import GENERAL, SectionContent


@dataclass(frozen=True, kw_only=True)
class Asked:
    """About whom and which days, [`period_from`, `period_to`), and what is known at `now`."""

    organization: Organization
    kind: str
    period_from: date
    period_to: date
    now: datetime

    @property
    def start(self) -> datetime:
        """The moment at which the period begins there."""
        return datetime.combine(self.period_from, time(), tzinfo=ZoneInfo(self.organization.timezone))

    @property
    def end(self) -> datetime:
        return datetime.combine(self.period_to, time(), tzinfo=ZoneInfo(self.organization.timezone))

    @property
    def id(self) -> str:
        return str(self.organization.public_id)


@dataclass(frozen=True, kw_only=True)
class SectionSource:
    """A section by name. `build` tells what is known; None where the section makes no sense for the organization.

    `field_class` "commercial" keeps it from those who do not read commercial fields, and out of the other edition.
    """

    key: str
    title: str | Promise
    build: Callable[[Asked], SectionContent | None]
    field_class: str = GENERAL


_sources: dict[str, SectionSource] = {}


def register(source: SectionSource) -> SectionSource:
    """Make a section known; called in AppConfig.ready() of the app whose data it tells of."""
    _sources[source.key] = source
    return source


def unregister(key: str) -> None:
    """Forget a section. Raises KeyError."""
    del _sources[key]


def source_of(key: str) -> SectionSource | None:
    """The section of that name; None where its module is not installed."""
    return _sources.get(key)


def title_of(key: str) -> str:
    """Its heading in the reader's language."""
    found = _sources.get(key)
    return str(found.title) if found is not None else key.replace("_", " ").capitalize()
