"""The list of launches at risk as its query string describes it: which risk, of what, whose, from which place on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.export import ExportColumn
from common.listing import COUNT_LIMIT, CURSOR, ListQuery, Pager, pager
from common.pagination import BoundedCount, Order, Page, SortKey, paginate_composed
from partners.choices import CARRYING_ROLE, OrganizationKind, Stage
from partners.lists import FAR_PAST
from partners.models import Assignment, Forecast
from partners.selectors.forecast_words import reasons, risk_chip
from partners.selectors.forecasts import buffer_words
from partners.task_list import ALL, MINE, TEAM, Choice, Filter
from partners.work_choices import Risk

PAGE_SIZE = 50
RISK, KIND, STAGE, WHOSE = "risk", "kind", "stage", "whose"
STATE_KEYS = (RISK, KIND, STAGE, WHOSE)
KEYS = (*STATE_KEYS, CURSOR)
# The least buffer first; what has no target has none and stands last.
ORDER = Order((SortKey(name="buffer_days", nulls="last"),), tie_break="organization_id")
AT_RISK = (Risk.MEDIUM, Risk.HIGH)
_RISKS: Mapping[str, str | Promise] = {
    "": gettext_lazy("At risk"),
    "high": Risk.HIGH.label,
    "medium": Risk.MEDIUM.label,
    "none": Risk.NONE.label,
    "untold": gettext_lazy("Without a target"),
    "any": gettext_lazy("All under way"),
}
FIELDS = (
    "organization_id",
    "organization__public_id",
    "organization__name",
    "organization__kind",
    "organization__stage",
    "organization__stage_entered_at",
    "organization__facts__next_task_due_on",
    "as_of",
    "launch_p50_on",
    "launch_p80_on",
    "target_on",
    "buffer_days",
    "risk",
    "receipt",
    "carrier",
    "has_carrier",
)


@dataclass(frozen=True, kw_only=True)
class AtRiskRow:
    """One launch, when it is to be expected and why then."""

    organization_id: str
    name: str
    kind_label: str
    stage: str
    stage_label: str
    carrier: str
    carrier_role: str
    p50_on: date | None
    p80_on: date | None
    target_on: date | None
    buffer_days: int | None
    buffer_words: str
    risk_label: str
    risk_tone: str
    risk_icon: str
    reasons: tuple[str, ...]
    as_of: date


@dataclass(frozen=True, kw_only=True)
class AtRiskList:
    """The list in the hands of its reader; nothing is read yet."""

    actor: Actor
    now: datetime
    path: str
    query: ListQuery

    @property
    def whose(self) -> str:
        asked = self.query.get(WHOSE)
        return asked if asked in (MINE, TEAM) else ALL

    @property
    def is_narrowed(self) -> bool:
        return any(key in STATE_KEYS for key, _value in self.query.pairs)

    @cached_property
    def found(self) -> QuerySet[Any]:
        """All forecasts of the list, in no order."""
        seen = Forecast.objects.visible_to(self.actor).filter(organization__archived_at__isnull=True)
        found = narrowed(seen, self.query)
        if self.whose == ALL:
            return found
        people = {self.actor.user_id or 0} if self.whose == MINE else set(self.actor.led_user_ids)
        held = Assignment.objects.active().filter(user_id__in=sorted(people))
        return found.filter(organization_id__in=held.values("organization_id"))

    @cached_property
    def page(self) -> Page:
        """One page in one statement, with the bounded count of the whole list in each row."""
        cursor = self.query.get(CURSOR)
        return paginate_composed(
            _page_rows, self.actor, self.query.without(CURSOR), order=ORDER, cursor=cursor, size=PAGE_SIZE
        )

    def page_rows(self) -> QuerySet[Any]:
        """What a page is made of, in no order and from its beginning."""
        total = BoundedCount(self.found.order_by().values("pk")[: COUNT_LIMIT + 1])
        return with_carrier(self.found).annotate(total=total).values(*FIELDS, "total")

    @property
    def pager(self) -> Pager:
        total = self.page.rows[0]["total"] if self.page.rows else 0
        return pager(self.page, self.query, self.path, total=total)

    def rows(self) -> list[AtRiskRow]:
        return at_risk_rows(self.page.rows, now=self.now)

    def whose_choices(self) -> list[Choice]:
        offers = [(ALL, _("All that I see")), (MINE, _("Mine"))]
        if self.actor.led_user_ids:
            offers.append((TEAM, _("My team")))
        return [
            self._choice(WHOSE, "" if value == ALL else value, label, is_active=value == self.whose)
            for value, label in offers
        ]

    def filters(self) -> list[Filter]:
        kinds = {"": _("Any"), **dict(OrganizationKind.choices)}
        offers: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
            (RISK, _("Risk"), _RISKS),
            (KIND, _("Kind"), kinds),
            (STAGE, _("Stage"), {"": _("Any"), **dict(Stage.choices)}),
        )
        return [
            Filter(
                key=key,
                label=label,
                choices=tuple(
                    self._choice(key, value, str(words), is_active=self.query.get(key) == value)
                    for value, words in choices.items()
                ),
            )
            for key, label, choices in offers
        ]

    def _choice(self, key: str, value: str, label: str, *, is_active: bool) -> Choice:
        url = self.query.changed(**{key: value}).on(self.path)
        return Choice(label=label, url=url, is_active=is_active, value=value)


def open_at_risk(actor: Actor, query: ListQuery, *, path: str, now: datetime) -> AtRiskList:
    """The list that `query` describes for `actor`."""
    return AtRiskList(actor=actor, now=now, path=path, query=query)


def _page_rows(actor: Actor, query: ListQuery) -> QuerySet[Any]:
    """The same for whoever asks, whenever: its text is kept by who asks and what."""
    return AtRiskList(actor=actor, now=FAR_PAST, path="", query=query).page_rows()


def narrowed(found: QuerySet[Any], query: ListQuery) -> QuerySet[Any]:
    """Those forecasts that `query` asks for; a value that is none of the offered asks for nothing in particular."""
    risk = query.get(RISK)
    if risk == "untold":
        found = found.filter(buffer_days__isnull=True)
    elif risk in Risk.values:
        found = found.filter(risk=risk, buffer_days__isnull=False)
    elif risk != "any":
        found = found.filter(risk__in=AT_RISK)
    if query.get(KIND) in OrganizationKind.values:
        found = found.filter(organization__kind=query.get(KIND))
    if query.get(STAGE) in Stage.values:
        found = found.filter(organization__stage=query.get(STAGE))
    return found


def with_carrier(found: QuerySet[Any]) -> QuerySet[Any]:
    """Adds who carries each organization in its present stage."""
    role = Case(*(When(organization__stage=stage, then=Value(role)) for stage, role in CARRYING_ROLE.items()))
    carriers = Assignment.objects.active().filter(
        organization_id=OuterRef("organization_id"), role=OuterRef("carrying_role")
    )
    names = carriers.order_by("-is_primary", "pk").values("user__name")[:1]
    return found.alias(carrying_role=role).annotate(
        carrier=Subquery(names), has_carrier=Exists(carriers, output_field=BooleanField())
    )


def at_risk_rows(found: Iterable[Mapping[str, Any]], *, now: datetime) -> list[AtRiskRow]:
    """Rows of dictionaries of FIELDS; no statement."""
    today = timezone.localdate(now)
    return [_row(values, today) for values in found]


def _row(values: Mapping[str, Any], today: date) -> AtRiskRow:
    label, tone, icon = risk_chip(values["risk"], values["buffer_days"])
    stage = Stage(values["organization__stage"])
    why = reasons(
        stage=stage,
        entered_on=timezone.localdate(values["organization__stage_entered_at"]),
        target_on=values["target_on"],
        launch_p50_on=values["launch_p50_on"],
        receipt=values["receipt"],
        next_task_due_on=values["organization__facts__next_task_due_on"],
        has_carrier=values["has_carrier"],
        today=today,
    )
    return AtRiskRow(
        organization_id=str(values["organization__public_id"]),
        name=values["organization__name"],
        kind_label=str(OrganizationKind(values["organization__kind"]).label),
        stage=stage.value,
        stage_label=str(stage.label),
        carrier=values["carrier"] or "",
        carrier_role=CARRYING_ROLE[stage].upper(),
        p50_on=values["launch_p50_on"],
        p80_on=values["launch_p80_on"],
        target_on=values["target_on"],
        buffer_days=values["buffer_days"],
        buffer_words=buffer_words(values["buffer_days"]),
        risk_label=label,
        risk_tone=tone,
        risk_icon=icon,
        reasons=tuple(why),
        as_of=values["as_of"],
    )


def export_columns() -> Sequence[ExportColumn]:
    """What a file of launches holds."""
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.organization_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.name),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Carried by"), value=lambda row: row.carrier),
        ExportColumn(label=_("Target launch"), value=lambda row: row.target_on),
        ExportColumn(label=_("Launch, 1 in 2"), value=lambda row: row.p50_on),
        ExportColumn(label=_("Launch, 4 in 5"), value=lambda row: row.p80_on),
        ExportColumn(label=_("Buffer in days"), value=lambda row: row.buffer_days),
        ExportColumn(label=_("Risk"), value=lambda row: row.risk_label),
        ExportColumn(label=_("Reasons"), value=lambda row: "; ".join(row.reasons)),
        ExportColumn(label=_("As of"), value=lambda row: row.as_of),
    ]
