"""Rows about the work of the support team: quality, knowledge, self-service, training (spec/reports.md, Support).

Nobody sees them for opening an organization: each is read through the list of what its reader sees.
"""

from __future__ import annotations

from collections.abc import Mapping

from accounts.choices import Role
from accounts.training_choices import TrainingResult
from reports.selectors.source import PEOPLE, VISITS, Seen, Source, Thing, day_of, of_seen, select


def _seen(thing: Thing, seen: Seen, row: str, *, at: str, text: str, at_is_day: bool = False) -> Source:
    """Rows of the list `seen`, by the column of its ids."""
    shown = of_seen(row, seen)
    return Source(thing=thing, organization="", at=at, at_is_day=at_is_day, text=text, desk=shown, seen=(seen,))


# The month of a review is that of the work.
_QUALITY = _seen(
    Thing.QUALITY_REVIEW,
    Seen.REVIEWS,
    "r.id",
    at="r.solved_at",
    text=select("r.organization_id", day_of("r.solved_at"), "r.score / 100", "1", "r.id")
    + " FROM tickets_qualityreview r WHERE {scope} AND {when}",
)
_PUBLISHED = _seen(
    Thing.ARTICLE_VERSION,
    Seen.VERSIONS,
    "v.id",
    at="v.published_at",
    text=select("NULL::bigint", day_of("v.published_at"), "1", "1", "v.id")
    + " FROM tickets_articleversion v WHERE {scope} AND {when} AND v.published_at IS NOT NULL",
)
_HELPFUL = _seen(
    Thing.ARTICLE_FEEDBACK,
    Seen.FEEDBACK,
    "f.id",
    at="f.at",
    text=select("f.organization_id", day_of("f.at"), "f.is_helpful::int", "1", "f.id")
    + " FROM tickets_articlefeedback f WHERE {scope} AND {when}",
)
_VIEWS = "d.staff_views + d.portal_views"
_READ = _seen(
    Thing.ARTICLE_DAY,
    Seen.ARTICLES,
    "d.article_id",
    at="d.day",
    at_is_day=True,
    text=select("NULL::bigint", "d.day", _VIEWS, _VIEWS, "d.id")
    + " FROM tickets_articleday d WHERE {scope} AND {when}",
)
# Visits that no ticket of the same organization followed within seven days, of those and tickets (sla.md R17).
_FOLLOWED = f"""EXISTS (
    SELECT FROM tickets_ticket t WHERE t.organization_id = x.organization_id AND NOT t.opened_by_us
       AND t.opened_at >= x.at AND t.opened_at < x.at + interval '7 days' AND {of_seen("t.id", Seen.OPENINGS)}
)"""
_ALONE = Source(
    thing=Thing.HELP,
    organization="",
    at="x.at",
    text=select("x.organization_id", day_of("x.at"), "x.is_visit::int", "1", "x.id")  # noqa: S608 - fixed words
    + " FROM ("
    + f"SELECT v.organization_id, v.started_at AS at, true AS is_visit, v.id + {VISITS} AS id"
    + f" FROM tickets_helpsession v WHERE {of_seen('v.id', Seen.VISITS)} UNION ALL"
    + " SELECT o.organization_id, o.opened_at, false, o.id FROM tickets_ticket o"
    + f" WHERE NOT o.opened_by_us AND {of_seen('o.id', Seen.OPENINGS)}"
    + f") x WHERE {{scope}} AND {{when}} AND NOT (x.is_visit AND {_FOLLOWED})",
    desk="true",
    seen=(Seen.VISITS, Seen.OPENINGS),
)
# A month of a module that is required of a role of support counts when it is over (accounts/rules/training.py): for
# those who held the role at its end.
_ROLES = ", ".join(f"'{role}'" for role in (Role.SUPPORT, Role.SENIOR, Role.SUPPORT_LEAD))
_END = "(m.first_on + interval '1 month')::date"
_END_AT = f"({_END}::timestamp AT TIME ZONE %(zone)s)"
_TRAINED = Source(
    thing=Thing.LEARNER,
    organization="",
    at=f"{_END} - 1",
    at_is_day=True,
    text=select(  # noqa: S608 - fixed words
        "NULL::bigint",
        f"{_END} - 1",
        "EXISTS (SELECT FROM accounts_trainingrecord r WHERE r.user_id = u.id AND r.module_id = l.id"
        f" AND r.month = m.first_on AND r.result <> '{TrainingResult.FAILED}')::int",
        "1",
        f"u.id * {PEOPLE} + l.id",
    )
    + " FROM accounts_trainingmodule l"
    + " CROSS JOIN LATERAL (SELECT generate_series(l.since, %(today)s::date, interval '1 month')::date AS first_on) m"
    + " JOIN accounts_user u ON u.is_active AND EXISTS (SELECT FROM accounts_rolegrant h WHERE h.user_id = u.id"
    + f" AND h.role = ANY (l.roles) AND h.role IN ({_ROLES}) AND h.started_at < {_END_AT}"
    + f" AND (h.ended_at IS NULL OR h.ended_at >= {_END_AT}))"
    + f" WHERE {{scope}} AND {{when}} AND l.is_required AND {_END} <= %(today)s"
    + " AND (l.archived_at IS NULL OR m.first_on < date_trunc('month', l.archived_at AT TIME ZONE %(zone)s)::date)",
    desk=of_seen("u.id", Seen.LEARNERS),
    seen=(Seen.LEARNERS,),
)

FLOWS: Mapping[str, Source] = {
    "quality_score": _QUALITY,
    "articles_published": _PUBLISHED,
    "articles_read": _READ,
    "articles_helpful": _HELPFUL,
    "self_service": _ALONE,
    "trainings_done": _TRAINED,
}
