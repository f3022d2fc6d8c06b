"""The pack `incidents`, as types: what each severity means and asks for (issue 4, incidents). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from common import reading
from common.reading import MalformedInput
from partners.rules import pack_reading as packs
from partners.rules.classification_packs import Body, Label
from tickets.rules.incidents import MOST_URGENT_FIRST

KEYS = (
    *("severities", "id", "label", "means", "update_minutes", "warn_minutes", "needs_post_mortem", "play"),
    *("post_mortem_within_days", "causes"),
)
_LONGEST = 10_080
"""A week: who hears less often is told by other means."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SeverityPolicy:
    """What one severity asks for. `update_minutes` 0: no rhythm. `play`: what begins for each affected organization."""

    id: str
    label: Label
    means: Label
    update_minutes: int
    warn_minutes: int
    needs_post_mortem: bool
    play: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """A kind of cause, by which recurring incidents are found."""

    id: str
    label: Label


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentPolicy:
    """The severities in force, the worst first. `post_mortem_within_days`: business days from the resolution on."""

    version: int
    post_mortem_within_days: int
    severities: Mapping[str, SeverityPolicy]
    causes: Mapping[str, Cause]

    @property
    def longest_warning(self) -> int:
        """The most minutes that somebody is warned before an update is due."""
        return max(severity.warn_minutes for severity in self.severities.values())


def parse_incidents(body: Body, *, version: int) -> IncidentPolicy:
    """The pack `incidents`. Raises MalformedInput at the place of what is wrong."""
    content = reading.mapping(body, "", known=("severities", "post_mortem_within_days", "causes"))
    known = ("id", "label", "means", "update_minutes", "warn_minutes", "needs_post_mortem", "play")
    found = [_severity(row, place) for place, row in packs.rows(content, "severities", known=known)]
    packs.refuse_twins([severity.id for severity in found], "severities", "id")
    if tuple(severity.id for severity in found) != MOST_URGENT_FIRST:
        raise MalformedInput("severities", f"must be {', '.join(MOST_URGENT_FIRST)}, in this order")
    _refuse_slower(found)
    causes = [
        Cause(id=packs.identifier(row, place), label=packs.label(row, place))
        for place, row in packs.rows(content, "causes", known=("id", "label"))
    ]
    packs.refuse_twins([cause.id for cause in causes], "causes", "id")
    return IncidentPolicy(
        version=version,
        post_mortem_within_days=packs.whole(content, "post_mortem_within_days", "", least=1),
        severities={severity.id: severity for severity in found},
        causes={cause.id: cause for cause in causes},
    )


def _severity(row: packs.Row, place: str) -> SeverityPolicy:
    minutes = packs.whole(row, "update_minutes", place)
    warning = packs.optional_whole(row, "warn_minutes", place) or 0
    if minutes > _LONGEST:
        raise MalformedInput(f"{place}.update_minutes", f"must be {_LONGEST} or less, found {minutes}")
    if warning and warning >= minutes:
        raise MalformedInput(f"{place}.warn_minutes", "must be less than update_minutes")
    return SeverityPolicy(
        id=reading.one_of(reading.member(row, "id", place), MOST_URGENT_FIRST, f"{place}.id"),
        label=packs.label(row, place),
        means=packs.label(row, place, "means"),
        update_minutes=minutes,
        warn_minutes=warning,
        needs_post_mortem=packs.flag(row, "needs_post_mortem", place),
        play=packs.identifier(row, place, "play") if "play" in row else "",
    )


def _refuse_slower(found: list[SeverityPolicy]) -> None:
    """A worse incident is told of at least as often as a lesser one."""
    for index, (worse, lesser) in enumerate(pairwise(found)):
        if lesser.update_minutes and not 0 < worse.update_minutes <= lesser.update_minutes:
            raise MalformedInput(
                f"severities[{index}].update_minutes", f"must not be slower than that of {lesser.id}, which is lesser"
            )
