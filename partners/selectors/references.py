"""Wins as people read them, whether they may be told, and who serves as a reference: of one organization and of all."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.pouring import in_batches, poured
from partners.choices import OrganizationKind
from partners.enablement_choices import Consent, ReferenceState, WinAudience
from partners.models import ReferenceRequest, Win
from partners.rules.references import Hindered, Hindrance, Willing, hindered

NEWEST = Order((SortKey(name="achieved_on", descending=True),))
SIZE = 25
_CONSENT_TONES = {
    Consent.NOT_ASKED: "neutral",
    Consent.ASKED: "info",
    Consent.GIVEN: "success",
    Consent.REFUSED: "danger",
}
_STATE_TONES = {"asked": "info", "agreed": "warning", "served": "success", "declined": "neutral"}


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """Somebody who is to hear of a win."""

    public_id: str
    wanted_for: str
    wanted_until: date | None
    asked_on: date
    asked_by: str
    state_label: str
    tone: str
    note: str
    is_open: bool


@dataclass(frozen=True, kw_only=True)
class WinRow:
    """One win. `why_not` says why its people are not asked today; empty if they may be.

    `requests` stand on the page of the organization alone.
    """

    public_id: str
    organization: str
    organization_id: str
    kind_label: str
    title: str
    story: str
    achieved_on: date
    is_reference: bool
    contact: str
    consent_label: str
    consent_tone: str
    consent_until: date | None
    audience_label: str
    is_told: bool
    why_not: str
    requests: tuple[RequestRow, ...]
    is_archived: bool
    version: int

    @property
    def may_be_asked(self) -> bool:
        return not self.why_not and not self.is_archived


@dataclass(frozen=True, kw_only=True)
class ReferenceFilter:
    """What the list of all is narrowed to; empty texts narrow nothing, but for `only`: wins that may not be told."""

    q: str = ""
    kind: str = ""
    only: str = ""
    industry: str = ""
    organization: str = ""


def wins_of(actor: Actor, organization_id: int, today: date, *, archived: bool = False, cursor: str = "") -> Page:
    """A page of those of one organization, the latest first. Three statements."""
    rows = seen_wins(actor).filter(organization_id=organization_id, archived_at__isnull=not archived)
    return _shown(paginate(rows, NEWEST, cursor=cursor, size=SIZE), actor, today, with_requests=True)


def reference_page(actor: Actor, narrowed: ReferenceFilter, today: date, *, cursor: str) -> Page:
    """A page of all that `actor` may see. Two statements."""
    return _shown(paginate(_narrowed(actor, narrowed, today), NEWEST, cursor=cursor, size=SIZE), actor, today)


def reference_rows(actor: Actor, narrowed: ReferenceFilter, today: date) -> Iterator[WinRow]:
    """The same for a file."""

    def read(wins: list[Any]) -> Iterator[WinRow]:
        days = _asked_days(actor, {win.organization_id for win in wins})
        return (_row(win, days, today) for win in wins)

    return in_batches(poured(_narrowed(actor, narrowed, today).order_by("-achieved_on", "-pk")), read)


def seen_wins(actor: Actor) -> "QuerySet[Any, Any]":
    """With its people and requests, for lists and for the API."""
    requests = ReferenceRequest.objects.all().visible_to(actor).select_related("asked_by")
    return _wins(actor).prefetch_related(Prefetch("requests", queryset=requests))


def _wins(actor: Actor) -> "QuerySet[Any, Any]":
    seen: QuerySet[Any, Any] = Win.objects.all().visible_to(actor).select_related("organization", "contact")
    return seen


def willing_of(win: Win) -> Willing:
    """What was agreed of a win, for the rule."""
    return Willing(
        is_reference=win.is_reference,
        has_consent=win.consent == Consent.GIVEN,
        consent_until=win.consent_until,
    )


def words_of(found: Hindered) -> str:
    """Why not, in a sentence."""
    sentences = {
        Hindrance.NO_CONSENT: _("Nobody has consented that this is told to others."),
        Hindrance.RAN_OUT: _("The consent has run out."),
        Hindrance.NOT_WILLING: _("They do not serve as a reference for this."),
        Hindrance.ASKED_LATELY: _("They were asked lately. Ask again from %(day)s on."),
        Hindrance.ASKED_OFTEN: _("They were asked often this year. Ask again from %(day)s on."),
    }
    return sentences[found.why] % {"day": found.free_on.isoformat() if found.free_on else ""}


def _narrowed(actor: Actor, narrowed: ReferenceFilter, today: date) -> "QuerySet[Any, Any]":
    wanted = Q(archived_at__isnull=True, organization__archived_at__isnull=True)
    if narrowed.only != "wins":
        wanted &= Q(is_reference=True, consent=Consent.GIVEN)
        wanted &= Q(consent_until__isnull=True) | Q(consent_until__gte=today)
    if narrowed.kind:
        wanted &= Q(organization__kind=narrowed.kind)
    if narrowed.industry:
        wanted &= Q(organization__industry__icontains=narrowed.industry)
    if narrowed.q:
        wanted &= Q(title__icontains=narrowed.q) | Q(organization__name__icontains=narrowed.q)
    if narrowed.organization:
        wanted &= _of_organization(narrowed.organization)
    return _wins(actor).filter(wanted)


def _of_organization(text: str) -> Q:
    try:
        return Q(organization__public_id=UUID(text))
    except ValueError:
        return Q(pk__in=[])


def _shown(page: Page, actor: Actor, today: date, *, with_requests: bool = False) -> Page:
    days = _asked_days(actor, {row.organization_id for row in page.rows})
    rows = [_row(row, days, today, with_requests=with_requests) for row in page.rows]
    return Page(rows=rows, previous=page.previous, next=page.next)


def _asked_days(actor: Actor, organization_ids: Collection[int]) -> Mapping[int, list[date]]:
    """When each organization was asked, whatever for. One statement."""
    rows = ReferenceRequest.objects.all().visible_to(actor).filter(organization_id__in=organization_ids)
    days: dict[int, list[date]] = defaultdict(list)
    for pk, day in rows.order_by().values_list("organization_id", "asked_on"):
        days[pk].append(day)
    return days


def _row(row: Any, days: Mapping[int, list[date]], today: date, *, with_requests: bool = False) -> WinRow:
    willing: Willing = willing_of(row)
    found: Hindered | None = hindered(willing, days.get(row.organization_id, ()), today)
    has_run_out = found is not None and found.why is Hindrance.RAN_OUT
    return WinRow(
        public_id=str(row.public_id),
        organization=row.organization.name,
        organization_id=str(row.organization.public_id),
        kind_label=str(OrganizationKind(row.organization.kind).label),
        title=row.title,
        story=row.story,
        achieved_on=row.achieved_on,
        is_reference=row.is_reference,
        contact=row.contact.name if row.contact else "",
        consent_label=str(Consent(row.consent).label),
        consent_tone="danger" if has_run_out else _CONSENT_TONES[Consent(row.consent)],
        consent_until=row.consent_until,
        audience_label=str(WinAudience(row.audience).label),
        is_told=row.audience != WinAudience.INTERNAL and not has_run_out,
        why_not=words_of(found) if found else "",
        requests=tuple(_request(one) for one in row.requests.all()) if with_requests else (),
        is_archived=row.archived_at is not None,
        version=row.version,
    )


def _request(one: Any) -> RequestRow:
    return RequestRow(
        public_id=str(one.public_id),
        wanted_for=one.wanted_for,
        wanted_until=one.wanted_until,
        asked_on=one.asked_on,
        asked_by=one.asked_by.name if one.asked_by else "",
        state_label=str(ReferenceState(one.state).label),
        tone=_STATE_TONES[one.state],
        note=one.closing_note,
        is_open=one.state in (ReferenceState.ASKED, ReferenceState.AGREED),
    )
