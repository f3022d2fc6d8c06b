"""Rows of the organization list and cards of the board: what one looks at, within what the reader may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property
from typing import Any

from django.db.models import JSONField
from django.db.models.expressions import RawSQL
from django.utils.translation import get_language, override

from accounts.choices import ASSIGNMENT_ROLES, STAGES_BY_KIND
from accounts.labels import kind_label, role_short_label
from accounts.rules.access import (
    Actor,
    FieldClass,
    Reach,
    Right,
    Subject,
    Tie,
    VisibilityTerms,
    visibility_terms,
)
from partners.choices import CARRYING_ROLE, LAUNCHED_STAGES, ArrSegment, Gemstone, MarketSegment, Stage
from partners.querysets import OrganizationQuerySet

STAGE_TONES = {"pre_contract": "neutral", "pre_sales": "neutral", "post_launch": "success", "live": "success"}


@dataclass(frozen=True, kw_only=True)
class OwnerChip:
    """A person who holds an organization today, as a list shows them."""

    user_id: int
    public_id: str
    name: str
    role: str
    role_label: str
    is_primary: bool


@dataclass(frozen=True, kw_only=True)
class OrganizationRow:
    """One organization in a list. What the reader may not see is empty or None; `is_open` tells summaries apart."""

    pk: int
    public_id: str
    name: str
    kind: str
    kind_label: str
    stage: str
    stage_label: str
    stage_entered_at: datetime
    days_in_stage: int
    target_launch_on: date | None
    launched_on: date | None
    is_late: bool
    country: str
    industry: str
    market_segment: str
    partner_tier: int | None
    engagement_tier: int | None
    arr_segment: str
    gemstone: str
    gemstone_label: str
    health_band: str
    health_score: Decimal | None
    arr: Decimal | None
    currency: str
    owners: tuple[OwnerChip, ...]
    via_partner_name: str
    last_interaction_at: datetime | None
    last_two_way_at: datetime | None
    is_open: bool
    is_archived: bool
    may_work: bool
    # Open handoffs as (giver, receiver): they open an organization beside its assignments.
    open_handoffs: tuple[tuple[int, int], ...] = ()

    @property
    def stage_tone(self) -> str:
        return STAGE_TONES.get(self.stage, "accent")

    @property
    def lead_owners(self) -> tuple[OwnerChip, ...]:
        """The primary owners, for a card: four at most, whoever carries the stage first."""
        first = (CARRYING_ROLE[Stage(self.stage)], "pam", "csm", "tam")
        primary = [owner for owner in self.owners if owner.is_primary]
        primary.sort(key=lambda owner: first.index(owner.role) if owner.role in first else len(first))
        return tuple(primary[:4])

    def owners_in(self, role: str) -> tuple[OwnerChip, ...]:
        """The people who hold it in `role`, the primary one first."""
        return tuple(owner for owner in self.owners if owner.role == role)


# What a row is made of; places computed for an order come on top.
ROW_FIELDS = (
    "id",
    "public_id",
    "name",
    "name_sort",
    "kind",
    "stage",
    "stage_entered_at",
    "created_at",
    "target_launch_on",
    "launched_on",
    "country",
    "industry",
    "market_segment",
    "arr",
    "currency",
    "archived_at",
    "facts__partner_tier",
    "facts__engagement_tier",
    "facts__arr_segment",
    "facts__gemstone",
    "facts__health_band",
    "facts__health_score",
    "facts__last_interaction_at",
    "facts__last_two_way_at",
    "owner_rows",
    "via_partner_row",
    "handoff_rows",
)


def with_row_facts(organizations: OrganizationQuerySet) -> OrganizationQuerySet:
    """The query of a list of organizations that its reader sees, with the columns ROW_FIELDS that rows are made of.

    The owners of an organization belong to its summary: who sees the row sees them. The partner that a customer came
    through is an organization of its own: it comes with its ties, and `row_of` names it to those only who see it too.
    """
    return organizations.annotate(owner_rows=_OWNER_ROWS, via_partner_row=_VIA_PARTNER_ROW, handoff_rows=_HANDOFF_ROWS)


# Today's assignments: user, public id, name, role, is primary. Written out, since building the same with the ORM costs
# a request more than running it.
_OWNER_ROWS = RawSQL(
    "SELECT jsonb_agg(jsonb_build_array(held.user_id, who.public_id, who.name, held.role, held.is_primary)"
    " ORDER BY held.role, held.is_primary DESC, held.started_at)"
    " FROM partners_assignment held JOIN accounts_user who ON who.id = held.user_id"
    " WHERE held.organization_id = partners_organization.id AND held.ended_at IS NULL",
    [],
    output_field=JSONField(),
)
# Its open handoffs (work_choices.OPEN_HANDOFFS): giver, receiver.
_HANDOFF_ROWS = RawSQL(
    "SELECT jsonb_agg(jsonb_build_array(given.giver_id, given.receiver_id)) FROM partners_handoff given"
    " WHERE given.organization_id = partners_organization.id AND given.state IN ('offered', 'returned')",
    [],
    output_field=JSONField(),
)
# The partner that a customer came through: id, name, kind, stage, its ties as user and role, its open handoffs.
_VIA_PARTNER_ROW = RawSQL(
    "SELECT jsonb_build_array(partner.id, partner.name, partner.kind, partner.stage,"
    " (SELECT jsonb_agg(jsonb_build_array(held.user_id, held.role)) FROM partners_assignment held"
    " WHERE held.organization_id = partner.id AND held.ended_at IS NULL),"
    " (SELECT jsonb_agg(jsonb_build_array(given.giver_id, given.receiver_id)) FROM partners_handoff given"
    " WHERE given.organization_id = partner.id AND given.state IN ('offered', 'returned')))"
    " FROM partners_organization partner WHERE partner.id = partners_organization.via_partner_id",
    [],
    output_field=JSONField(),
)


@dataclass(frozen=True, kw_only=True)
class _Words:
    """Labels by value in one language; looked up once and not for every cell."""

    kinds: Mapping[str, str]
    stages: Mapping[str, str]
    roles: Mapping[str, str]
    markets: Mapping[str, str]
    segments: Mapping[str, str]
    gemstones: Mapping[str, str]


@cache
def _words(language: str) -> _Words:
    with override(language):
        return _Words(
            kinds={kind: kind_label(kind) for kind in STAGES_BY_KIND},
            stages={stage.value: str(stage.label) for stage in Stage},
            roles={role: role_short_label(role) for role in ASSIGNMENT_ROLES},
            markets={value: str(label) for value, label in MarketSegment.choices},
            segments={value: str(label) for value, label in ArrSegment.choices},
            gemstones={value: str(label) for value, label in Gemstone.choices},
        )


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How one reader reads rows: the policy's terms for seeing in full, for amounts and for working, and the words."""

    full: VisibilityTerms
    commercial: VisibilityTerms
    work: VisibilityTerms | None
    words: _Words
    now: datetime

    @cached_property
    def asks_ties(self) -> bool:
        """Whether any of the terms depends on who holds the organization."""
        return not all(terms is None or terms.everything for terms in (self.full, self.commercial, self.work))


def reading_of(actor: Actor, *, now: datetime) -> Reading:
    """What the rows of a page are read with: the same terms as every other place asks, applied without a statement."""
    return Reading(
        full=visibility_terms(actor),
        commercial=visibility_terms(actor, Right.SEE, FieldClass.COMMERCIAL),
        work=visibility_terms(actor, Right.WORK) if actor.has("edit_organization") else None,
        words=_words(get_language() or "en"),
        now=now,
    )


def organization_rows(page: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> list[OrganizationRow]:
    """The rows of one page from dictionaries of ROW_FIELDS; no statement."""
    reading = reading_of(actor, now=now)
    return [row_of(values, reading) for values in page]


def row_of(values: Mapping[str, Any], reading: Reading) -> OrganizationRow:
    """One row as its reader may see it."""
    words, stage, target = reading.words, values["stage"], values["target_launch_on"]
    owners = _owners(values["owner_rows"], words.roles)
    handoffs = _pairs(values["handoff_rows"])
    subject = _ANY
    if reading.asks_ties:
        subject = subject_of_row(pk=values["id"], kind=values["kind"], stage=stage, owners=owners, handoffs=handoffs)
    is_open = reading.full.reach_in(subject) is Reach.FULL
    segment, gemstone = values["facts__arr_segment"] or "", values["facts__gemstone"] or ""
    return OrganizationRow(
        pk=values["id"],
        public_id=str(values["public_id"]),
        name=values["name"],
        kind=values["kind"],
        kind_label=words.kinds[values["kind"]],
        stage=stage,
        stage_label=words.stages[stage],
        stage_entered_at=values["stage_entered_at"],
        days_in_stage=max((reading.now - values["stage_entered_at"]).days, 0),
        target_launch_on=target,
        launched_on=values["launched_on"],
        is_late=bool(target and stage not in LAUNCHED_STAGES and target < reading.now.date()),
        country=values["country"],
        industry=values["industry"] if is_open else "",
        market_segment=words.markets.get(values["market_segment"], "") if is_open else "",
        partner_tier=values["facts__partner_tier"] if is_open else None,
        engagement_tier=values["facts__engagement_tier"] if is_open else None,
        # A value that only a policy pack knows stands for itself.
        arr_segment=words.segments.get(segment, segment) if is_open else "",
        gemstone=gemstone if is_open else "",
        gemstone_label=words.gemstones.get(gemstone, gemstone) if is_open else "",
        health_band=(values["facts__health_band"] or "") if is_open else "",
        health_score=values["facts__health_score"] if is_open else None,
        arr=values["arr"] if reading.commercial.reach_in(subject) is Reach.FULL else None,
        currency=values["currency"],
        owners=owners,
        via_partner_name=_via_partner_name(values["via_partner_row"], reading),
        last_interaction_at=values["facts__last_interaction_at"],
        last_two_way_at=values["facts__last_two_way_at"],
        is_open=is_open,
        is_archived=values["archived_at"] is not None,
        may_work=reading.work is not None and reading.work.reach_in(subject) is Reach.FULL,
        open_handoffs=handoffs,
    )


def subject_of_row(
    *, pk: int, kind: str, stage: str, owners: Sequence[OwnerChip], handoffs: Sequence[tuple[int, int]], name: str = ""
) -> Subject:
    """The organization of a row as the policy sees it, by today's owners and its open handoffs."""
    ties = tuple(Tie(user_id=owner.user_id, role=owner.role, is_active=True, name=owner.name) for owner in owners)
    return Subject(
        kind=kind,
        access_stage=stage,
        ties=ties,
        name=name,
        organization_id=pk,
        pam_names=tuple(tie.name for tie in ties if tie.role == "pam"),
        open_handoff_giver_ids=frozenset(giver for giver, _receiver in handoffs),
        open_handoff_receiver_ids=frozenset(receiver for _giver, receiver in handoffs),
    )


# For readers who see everything, whoever holds it.
_ANY = Subject(kind="", access_stage="", ties=())


def _via_partner_name(found: list[Any] | None, reading: Reading) -> str:
    """The name of the partner in between, if the reader sees that one at all."""
    if not found:
        return ""
    pk, name, kind, stage, held, handed = found
    between = _pairs(handed)
    subject = Subject(
        kind=kind,
        access_stage=stage,
        ties=tuple(Tie(user_id=user_id, role=role, is_active=True) for user_id, role in held or ()),
        organization_id=pk,
        open_handoff_giver_ids=frozenset(giver for giver, _receiver in between),
        open_handoff_receiver_ids=frozenset(receiver for _giver, receiver in between),
    )
    return str(name) if reading.full.reach_in(subject) is not Reach.NONE else ""


def owner_chips(found: list[list[Any]], reading: Reading) -> tuple[OwnerChip, ...]:
    """People with their roles from rows of user, public id, name, role, is primary."""
    return _owners(found, reading.words.roles)


def label_of(reading: Reading, what: str, value: str) -> str:
    """The label of a value of `what` (kinds, stages, markets) in the reader's language; a value without one stays."""
    words: Mapping[str, str] = getattr(reading.words, what)
    return words.get(value, value)


def _pairs(found: list[list[int]] | None) -> tuple[tuple[int, int], ...]:
    return tuple((giver, receiver) for giver, receiver in found or ())


def _owners(found: list[list[Any]] | None, roles: Mapping[str, str]) -> tuple[OwnerChip, ...]:
    return tuple(
        OwnerChip(
            user_id=user_id,
            public_id=public_id,
            name=name,
            role=role,
            role_label=roles.get(role, role),
            is_primary=is_primary,
        )
        for user_id, public_id, name, role, is_primary in found or ()
    )
