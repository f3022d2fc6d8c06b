"""Rows about health and adoption."""

from __future__ import annotations

from collections.abc import Mapping

from reports.rules.measures import BANDS
from reports.selectors.source import KEPT, Source, Thing, select

_DAY_THERE_IS = """(
    SELECT max(l.day) FROM health_snapshot l
     WHERE l.organization_id = s.organization_id AND l.occasion = 'daily' AND l.is_main
       AND l.day BETWEEN %(day)s::date - 2 AND %(day)s
)"""

# One of a day before may be of an organization that has been archived since.
_STILL_HERE = (
    f"(s.day = %(day)s::date OR EXISTS (SELECT FROM partners_organization g WHERE g.id = s.organization_id AND {KEPT}))"
)


def _snapshot(numerator: str, more: str = "") -> Source:
    """The health of the day by the scorecard that makes the band; not computed yet: of two days before at most."""
    rows = f"FROM health_snapshot s WHERE {{scope}} AND s.occasion = 'daily' AND s.is_main AND {_STILL_HERE}"
    text = f"{select('s.organization_id', 's.day', numerator, '1', 's.organization_id')} {rows} {more}"
    return Source(
        thing=Thing.ORGANIZATION, organization="s.organization_id", text=f"{text} AND s.day = {_DAY_THERE_IS}"
    )


# Used in the four whole weeks before (health/rules/adoption.py), of all features there were for those who use any.
_THERE = "f.released_on <= %(day)s::date AND (f.retired_on IS NULL OR f.retired_on > %(day)s::date)"
_ALL_THERE = f"(SELECT count(*) FROM health_feature f WHERE {_THERE})"  # noqa: S608 - fixed words
_MONDAY = "date_trunc('week', %(day)s::date)::date"
_ADOPTED = Source(
    thing=Thing.ORGANIZATION,
    organization="u.organization_id",
    text=select(
        "u.organization_id",
        "%(day)s::date",
        f"count(DISTINCT u.feature_id) FILTER (WHERE u.week_on >= {_MONDAY} - 28)",
        _ALL_THERE,
        "u.organization_id",
    )
    + " FROM health_featureuse u JOIN health_feature f ON f.id = u.feature_id"
    + f" JOIN partners_organization g ON g.id = u.organization_id WHERE {{scope}} AND {KEPT} AND u.uses > 0"
    + f" AND u.week_on < {_MONDAY} AND {_THERE} GROUP BY u.organization_id",
)

STATES: Mapping[str, Source] = {
    "health_score": _snapshot("s.score", "AND s.score IS NOT NULL"),
    **{f"band_{band}": _snapshot(f"(s.band = '{band}')::int") for band in BANDS},
    "features_adopted": _ADOPTED,
}
