"""Beta programs as people read them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from common.scope import Scope, scoped
from partners.feedback_choices import BetaSeatState, BetaState
from partners.models import BetaProgram, BetaSeat, FeedbackItem
from partners.selectors.feedback import may_read

NEWEST = Order((SortKey(name="starts_on", descending=True),))
SIZE = 50
SEAT_TONES = {
    BetaSeatState.INVITED: "info",
    BetaSeatState.JOINED: "success",
    BetaSeatState.DECLINED: "neutral",
    BetaSeatState.ENDED: "neutral",
}
TONES = {BetaState.PLANNED: "info", BetaState.OPEN: "success", BetaState.CLOSED: "neutral"}


def programs_for(actor: Actor) -> "QuerySet[BetaProgram]":
    """All programs, for those who read feedback; none for others."""
    rows = BetaProgram.objects.all() if may_read(actor) else BetaProgram.objects.none()
    return rows.select_related("item")


def program_page(actor: Actor, state: str, *, cursor: str) -> Page:
    """A page of programs, the latest first."""
    wanted = Q(state=state) if state in BetaState.values else Q()
    page = paginate(programs_for(actor).filter(wanted), NEWEST, cursor=cursor, size=SIZE)
    return Page(rows=_toned(page.rows), previous=page.previous, next=page.next)


def program_or_none(actor: Actor, public_id: UUID) -> BetaProgram | None:
    """A program by its id, for those who read feedback."""
    found = BetaProgram.objects.select_related("item").filter(public_id=public_id).first() if may_read(actor) else None
    return _toned([found])[0] if found is not None else None


def programs_of(item: FeedbackItem) -> list[BetaProgram]:
    """Programs that answer an item: one statement."""
    return list(_toned(list(BetaProgram.objects.filter(item=item).order_by("-starts_on", "-pk")[:20])))


def seats_of(actor: Actor, program: BetaProgram) -> tuple[list[BetaSeat], int]:
    """The seats of organizations that the reader opens, and how many others there are, which are never named."""
    rows = BetaSeat.objects.all().visible_to(actor).filter(program=program)
    seen = list(rows.select_related("organization", "contact").order_by("organization__name_sort", "pk")[:500])
    with scoped(Scope.all()):
        total = BetaSeat.objects.filter(program=program).count()
    return _toned_seats(seen), max(total - len(seen), 0)


def seats_at(actor: Actor, organization_id: int) -> list[BetaSeat]:
    """The programs that one organization was invited to: one statement."""
    rows = BetaSeat.objects.all().visible_to(actor).filter(organization_id=organization_id)
    return _toned_seats(list(rows.select_related("program", "contact").order_by("-pk")[:100]))


def invitations_of(actor: Actor) -> list[BetaSeat]:
    """What a contact was invited to, or takes part in: its own organization's alone, while a program runs."""
    if not actor.is_contact or actor.organization_id is None:
        return []
    rows = BetaSeat.objects.filter(organization_id=actor.organization_id).exclude(program__state=BetaState.CLOSED)
    wanted = rows.filter(state__in=(BetaSeatState.INVITED, BetaSeatState.JOINED))
    return _toned_seats(list(wanted.select_related("program").order_by("program__starts_on", "pk")[:20]))


def sessions_of(organization_id: int) -> tuple[int, int]:
    """Sessions that an organization has held in beta programs, and in how many it takes or took part."""
    rows = BetaSeat.objects.filter(organization_id=organization_id)
    taken = Q(state__in=(BetaSeatState.JOINED, BetaSeatState.ENDED))
    found = rows.aggregate(sessions=Sum("sessions"), seats=Count("pk", filter=taken))
    return found["sessions"] or 0, found["seats"]


def _toned(rows: Sequence[BetaProgram]) -> list[BetaProgram]:
    for row in rows:
        row.tone = TONES[BetaState(row.state)]  # type: ignore[attr-defined]
    return list(rows)


def _toned_seats(rows: list[BetaSeat]) -> list[BetaSeat]:
    for row in rows:
        row.tone = SEAT_TONES[BetaSeatState(row.state)]  # type: ignore[attr-defined]
    return rows
