"""Rows of the portfolio: how organizations stand, by groups of their scorecards, within what the reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.labels import kind_label, role_short_label, stage_label
from health.alert_choices import EpisodeState
from health.policies import HealthPolicies, group_label
from health.rules.groups import groups_from_json
from health.rules.scorecard_packs import Scorecard
from health.words import reason_words

STATE = "health_states"
# What a row is made of; the reason is read where it is told.
FIELDS = (
    *("id", "public_id", "name", "name_sort", "kind", "stage", "arr", "currency", "owner_rows", "shows_commercial"),
    *(
        f"{STATE}__{name}"
        for name in (
            *("card", "score", "coverage", "band", "computed_band", "band_since", "moved", "groups", "place"),
            *("organization_id", "day"),
        )
    ),
)
REASON = f"{STATE}__reason"
_FIRST_ROLES = ("tam", "csm", "psm", "pam")


@dataclass(frozen=True, kw_only=True)
class GroupCell:
    """One group of a scorecard: points None where nothing was ever known; `band` colors it."""

    group: str
    label: str
    points: Decimal | None
    coverage: Decimal
    band: str


@dataclass(frozen=True, kw_only=True)
class HealthRow:
    """One organization. `arr` None: not known, or not the reader's to see. `owner` carries it today."""

    pk: int
    public_id: str
    name: str
    kind: str
    kind_label: str
    stage: str
    stage_label: str
    owner: str
    owner_role: str
    arr: Decimal | None
    currency: str
    card: str
    score: Decimal | None
    coverage: Decimal
    band: str
    computed_band: str
    band_since: date | None
    moved: Decimal | None
    cells: tuple[GroupCell, ...]
    reason: str = ""
    band_before: str = ""
    # The open episode that weighs most: its key, where it stands, the next step of its play or of its owner.
    episode_id: str = ""
    episode_state: str = ""
    next_step: str = ""

    @property
    def is_set_by_hand(self) -> bool:
        return self.band != self.computed_band


def health_rows(found: Iterable[Mapping[str, Any]], policies: HealthPolicies) -> list[HealthRow]:
    """Rows of dictionaries of FIELDS; no statement."""
    return [_row(values, policies) for values in found]


def _row(values: Mapping[str, Any], policies: HealthPolicies) -> HealthRow:
    card = policies.card(values[f"{STATE}__card"])
    owner, role = leading_owner(values["owner_rows"] or ())
    opens = bool(values["shows_commercial"])
    reason = values.get(REASON)
    episode_id, episode_state, step = values.get("episode") or ("", "", "")
    return HealthRow(
        pk=values["id"],
        public_id=str(values["public_id"]),
        name=values["name"],
        kind=values["kind"],
        kind_label=kind_label(values["kind"]),
        stage=values["stage"],
        stage_label=stage_label(values["stage"]),
        owner=owner,
        owner_role=role,
        arr=values["arr"] if opens else None,
        currency=values["currency"],
        card=values[f"{STATE}__card"],
        score=values[f"{STATE}__score"],
        coverage=values[f"{STATE}__coverage"],
        band=values[f"{STATE}__band"],
        computed_band=values[f"{STATE}__computed_band"],
        band_since=values[f"{STATE}__band_since"],
        moved=values[f"{STATE}__moved"],
        cells=group_cells(card, values[f"{STATE}__groups"] or ()),
        reason=reason_words(reason, policies, with_commercial=opens) if reason else "",
        band_before=values.get("band_before") or "",
        episode_id=str(episode_id),
        episode_state=str(EpisodeState(episode_state).label) if episode_state else "",
        next_step=step or "",
    )


def group_cells(card: Scorecard | None, groups: Iterable[Any]) -> tuple[GroupCell, ...]:
    """The groups of a state with their words and colors."""
    return tuple(
        GroupCell(
            group=one.group,
            label=group_label(card, one.group),
            points=one.points,
            coverage=one.coverage,
            band=points_band(one.points, card),
        )
        for one in groups_from_json(groups)
    )


def points_band(points: Decimal | None, card: Scorecard | None) -> str:
    """The color of points by the lines of a card; grey where there are none."""
    if points is None or card is None:
        return "grey"
    return "green" if points >= card.bands.green else "yellow" if points >= card.bands.yellow else "red"


def leading_owner(rows: Iterable[Any]) -> tuple[str, str]:
    """Who looks after an organization, with the role: of [user, public id, name, role, is primary]."""
    primary = [row for row in rows if row[4]]
    primary.sort(key=lambda row: _FIRST_ROLES.index(row[3]) if row[3] in _FIRST_ROLES else len(_FIRST_ROLES))
    return (str(primary[0][2]), role_short_label(primary[0][3])) if primary else ("", "")
