"""Organizations as they stood at the end of a past day, from kept history, by the rights of today (ADR 0035).

Stage and owners come from their own history, fields of the organization from its versions, contact from interactions,
the band from the snapshots of health. Names are those of today, so that one finds whom one looks for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    DateField,
    DateTimeField,
    DecimalField,
    Exists,
    F,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils.dateparse import parse_date

from accounts.choices import ASSIGNMENT_ROLES
from accounts.rules.access import Actor
from common.listing import ListQuery
from common.past import PastDay
from partners import filters
from partners.choices import LAUNCHED_STAGES, Stage
from partners.models import Assignment, Organization, StagePeriod
from partners.past_health import past_bands
from partners.selectors.listing import OrganizationRow, Reading, label_of, owner_chips

# What a past day can be asked by.
CRITERIA = ("kind", "stage", filters.OWNER, filters.ROLE, "health")
NARROWING = (*CRITERIA, filters.MATCH, filters.MINE, filters.TEAM, filters.ARCHIVED, filters.TEXT)
# Of these only the present is kept; as keys of columns.
NOT_KEPT = ("class", "tier", "engagement", "segment", "partner")

_OWNERS = (
    "SELECT jsonb_agg(jsonb_build_array(held.user_id, who.public_id, who.name, held.role, held.is_primary,"
    " held.public_id) ORDER BY held.role, held.is_primary DESC, held.started_at)"
    " FROM partners_assignment held JOIN accounts_user who ON who.id = held.user_id"
    " WHERE held.organization_id = partners_organization.id AND held.started_at <= %s"
    " AND (held.ended_at IS NULL OR held.ended_at > %s)"
)
_VERSION = (
    "SELECT to_jsonb(kept) FROM partners_organizationevent kept"
    " WHERE kept.pgh_obj_id = partners_organization.id AND kept.pgh_created_at <= %s"
    " ORDER BY kept.pgh_created_at DESC, kept.pgh_id DESC LIMIT 1"
)
_CHANGED = (
    "SELECT max(kept.pgh_created_at) FROM partners_organizationevent kept"
    " WHERE kept.pgh_obj_id = partners_organization.id AND kept.pgh_created_at <= %s"
)
_CONTACT = (
    "SELECT max(talk.happened_at) FROM partners_interaction talk WHERE talk.organization_id = partners_organization.id"
    " AND talk.happened_at <= %s AND (talk.archived_at IS NULL OR talk.archived_at > %s)"
)
_CENTS = Decimal("0.01")
FIELDS = (
    *("id", "public_id", "name", "name_sort", "kind", "created_at", "archived_at", "past_stage", "past_since"),
    *("past_owners", "past_version", "past_changed_at", "past_contact", "is_open", "shows_commercial"),
)


_AMOUNT = DecimalField(max_digits=20, decimal_places=2)
PLACES: Mapping[str, Any] = {
    "past_rank": Case(
        *(When(past_stage=stage.value, then=Value(place)) for place, stage in enumerate(Stage)),
        output_field=IntegerField(),
    ),
    "past_launch": Cast(KeyTextTransform("target_launch_on", "past_version"), DateField()),
    "past_arr": Case(When(shows_commercial=True, then=Cast(KeyTextTransform("arr", "past_version"), _AMOUNT))),
}
"""What a list of a past day may be sorted by beside the fields of its rows. Each row is looked at for it."""


def past_organizations(actor: Actor, query: ListQuery, past: PastDay, places: Iterable[str] = ()) -> Any:
    """The organizations that `actor` sees today and that were there then, narrowed by what held then; as `FIELDS` and
    those of PLACES that are asked for."""
    found = _as_of(_narrowed(Organization.objects.visible_to(actor), query, actor, past), actor, past)
    asked = {name: PLACES[name] for name in places}
    return found.annotate(**asked).values(*FIELDS, *asked)


def past_stages(actor: Actor, query: ListQuery, past: PastDay) -> Any:
    """The stages in which those of `past_organizations` stood, one each."""
    narrowed = _narrowed(Organization.objects.visible_to(actor), query, actor, past)
    return _stays(past).filter(organization_id__in=narrowed.values("pk")).order_by()


def past_organization(actor: Actor, public_id: UUID, past: PastDay) -> Mapping[str, Any] | None:
    """One of them, archived by then or not; None for one that was not there yet. One statement."""
    found = Organization.objects.visible_to(actor).filter(public_id=public_id)
    values: Mapping[str, Any] | None = _as_of(found, actor, past).values(*FIELDS).first()
    return values


def past_among(actor: Actor, ids: Any, past: PastDay) -> Any:
    """Those of these ids that `actor` sees, as `FIELDS`."""
    return _as_of(Organization.objects.visible_to(actor).filter(pk__in=ids), actor, past).values(*FIELDS)


def _as_of(visible: Any, actor: Actor, past: PastDay) -> Any:
    """Those that were there, with what held then."""
    at = past.last
    stay = _stays(past).filter(organization_id=OuterRef("pk"))
    found = visible.with_reach(actor).filter(Exists(stay))
    return found.annotate(
        past_stage=Subquery(stay.values("stage")[:1]),
        past_since=Subquery(stay.values("entered_at")[:1]),
        past_owners=RawSQL(_OWNERS, [at, at], output_field=JSONField()),  # noqa: S611 - fixed text
        past_version=RawSQL(_VERSION, [at], output_field=JSONField()),  # noqa: S611 - fixed text
        past_changed_at=Coalesce(
            RawSQL(_CHANGED, [at], output_field=DateTimeField()),  # noqa: S611 - fixed text
            F("created_at"),
        ),
        past_contact=RawSQL(_CONTACT, [at, at], output_field=DateTimeField()),  # noqa: S611 - fixed text
    )


def _stays(past: PastDay) -> Any:
    """Stays in stages that went on at the end of the day."""
    return StagePeriod.objects.filter(Q(left_at__isnull=True) | Q(left_at__gt=past.last), entered_at__lte=past.last)


def _narrowed(found: Any, query: ListQuery, actor: Actor, past: PastDay) -> Any:
    gone = Q(archived_at__lte=past.last)
    found = found.filter(gone) if query.get(filters.ARCHIVED) else found.exclude(gone)
    conditions = [_condition(key, query, actor, past) for key in CRITERIA if query.all(key)]
    if query.get(filters.MATCH) == "any" and conditions:
        together = conditions[0]
        for condition in conditions[1:]:
            together |= condition
        conditions = [together]
    people = filters.people_of(query, actor)
    if people is not None:
        conditions.append(_held(Q(user_id__in=people), past))
    if text := query.get(filters.TEXT).strip():
        conditions.append(filters.named(text))
    for condition in conditions:
        found = found.filter(condition)
    return found


def _condition(key: str, query: ListQuery, actor: Actor, past: PastDay) -> Q:
    values = query.all(key)
    if key == "kind":
        return Q(kind__in=values)
    if key == "stage":
        return Q(pk__in=_stays(past).filter(stage__in=values).values("organization_id"))
    if key == "health":
        return _healthy(values, actor, past)
    role = query.get(filters.ROLE)
    in_role = Q(role=role) if role in ASSIGNMENT_ROLES else Q()
    if key == filters.ROLE:
        return Q() if query.get(filters.OWNER) else _held(in_role, past)
    found = ~_held(in_role, past) if filters.NOBODY in values else Q(pk__in=[])
    if filters.ME in values:
        found |= _held(in_role & Q(user_id=actor.user_id), past)
    people = [value for value in values if value not in (filters.ME, filters.NOBODY)]
    return found | _held(in_role & Q(user__public_id__in=people), past) if people else found


def _held(condition: Q, past: PastDay) -> Q:
    """Organizations that somebody held then."""
    return Q(pk__in=Assignment.objects.at(past.last).filter(condition).values("organization_id"))


def _healthy(values: Sequence[str], actor: Actor, past: PastDay) -> Q:
    """Of those that are open in full: a summary holds no band."""
    bands = past_bands()
    if bands is None:
        return Q(pk__in=[])
    wanted = ["" if value == filters.NOBODY else value for value in values]
    opened = Organization.objects.opened_to(actor).values("pk")
    return Q(pk__in=bands.having(wanted, past.day)) & Q(pk__in=opened)


@dataclass(frozen=True, kw_only=True)
class PastRow:
    """One organization of a past day. `is_kept`: its fields of that day are; else only stage, owners and contact."""

    row: OrganizationRow
    is_kept: bool


def past_rows(page: Sequence[Mapping[str, Any]], *, reading: Reading, past: PastDay) -> list[PastRow]:
    """The rows of one page, as their reader may see them. One statement, for the bands."""
    keeper = past_bands()
    bands = keeper.of([values["id"] for values in page if values["is_open"]], past.day) if keeper and page else {}
    return [_row(values, reading, past, bands.get(values["id"], ("", None))) for values in page]


def _row(values: Mapping[str, Any], reading: Reading, past: PastDay, band: tuple[str, Any]) -> PastRow:
    version, is_open = values["past_version"] or {}, values["is_open"]
    stage, target = values["past_stage"], _day(version.get("target_launch_on"))
    opened: Mapping[str, Any] = version if is_open else {}
    row = OrganizationRow(
        pk=values["id"],
        public_id=str(values["public_id"]),
        name=values["name"],
        kind=values["kind"],
        kind_label=label_of(reading, "kinds", values["kind"]),
        stage=stage,
        stage_label=label_of(reading, "stages", stage),
        stage_entered_at=values["past_since"],
        days_in_stage=max((past.last - values["past_since"]).days, 0),
        target_launch_on=target,
        launched_on=_day(version.get("launched_on")),
        is_late=bool(target and stage not in LAUNCHED_STAGES and target < past.day),
        country=version.get("country") or "",
        industry=opened.get("industry") or "",
        market_segment=label_of(reading, "markets", opened.get("market_segment") or ""),
        partner_tier=None,
        engagement_tier=None,
        arr_segment="",
        gemstone="",
        gemstone_label="",
        health_band=band[0] if is_open else "",
        health_score=band[1] if is_open else None,
        arr=amount_of(version, "arr") if values["shows_commercial"] else None,
        currency=version.get("currency") or "",
        owners=owner_chips([owner[:5] for owner in values["past_owners"] or ()], reading),
        via_partner_name="",
        last_interaction_at=values["past_contact"],
        last_two_way_at=None,
        is_open=is_open,
        is_archived=bool(values["archived_at"] and values["archived_at"] <= past.last),
        may_work=False,
    )
    return PastRow(row=row, is_kept=bool(version))


def amount_of(version: Mapping[str, Any], name: str) -> Decimal | None:
    """An amount of a version; JSON knows no decimals."""
    value = version.get(name)
    return None if value is None else Decimal(str(value)).quantize(_CENTS)


def _day(text: Any) -> Any:
    return parse_date(text) if text else None
