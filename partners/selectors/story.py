"""A page of the timeline as it is drawn: icon and tone by kind, pinned lines on top, who may change what."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.rules.access import Actor, Subject
from common import composed
from partners.choices import EntryKind
from partners.models import Interaction, TimelineEntry
from partners.permissions import can_edit_interaction
from partners.selectors.page import OrganizationPage
from partners.selectors.timeline import EVERYTHING, PAGE_SIZE, TimelineFilter, TimelineLine, timeline_page

_LOOKS: Mapping[str, tuple[str, str]] = {
    EntryKind.INTERACTION: ("message", "accent"),
    EntryKind.STAGE: ("route", "success"),
    EntryKind.OWNER: ("users", "neutral"),
    EntryKind.CLASSIFICATION: ("diamond", "neutral"),
    EntryKind.PROFILE: ("building", "neutral"),
    EntryKind.CONTACT: ("address-book", "neutral"),
    EntryKind.GRANT: ("lock-open", "warning"),
    EntryKind.GATE: ("flag", "success"),
    EntryKind.TASK: ("checklist", "neutral"),
    EntryKind.COMMITMENT: ("heart-handshake", "accent"),
    EntryKind.HANDOFF: ("arrows-exchange", "accent"),
    EntryKind.PLAY: ("player-play", "accent"),
    EntryKind.TOUCHPOINT: ("calendar-check", "neutral"),
    EntryKind.TICKET: ("ticket", "neutral"),
    EntryKind.TICKET_REPLY: ("messages", "neutral"),
    EntryKind.TICKET_ALARM: ("alarm", "danger"),
    EntryKind.INCIDENT: ("flame", "danger"),
    EntryKind.HEALTH: ("activity", "accent"),
    EntryKind.LOSS: ("user-off", "danger"),
}
GROUPS: Mapping[str, tuple[str, ...]] = {
    "talks": (EntryKind.INTERACTION, EntryKind.TOUCHPOINT),
    "work": (EntryKind.TASK, EntryKind.COMMITMENT, EntryKind.PLAY),
    "journey": (EntryKind.STAGE, EntryKind.GATE, EntryKind.HANDOFF),
    "desk": (EntryKind.TICKET, EntryKind.TICKET_REPLY, EntryKind.TICKET_ALARM, EntryKind.INCIDENT),
    "who": (EntryKind.OWNER, EntryKind.CONTACT, EntryKind.PROFILE, EntryKind.CLASSIFICATION, EntryKind.GRANT),
}
_PLAIN = ("circle-dot", "neutral")
MAX_PINNED = 5


@dataclass(frozen=True, kw_only=True)
class StoryLine:
    """A line with its looks; `interaction_id` is set where the reader may change the interaction behind it."""

    line: TimelineLine
    icon: str
    tone: str
    interaction_id: str


@dataclass(frozen=True, kw_only=True)
class PinnedLine:
    """A line that stays on top. Its title belongs to the summary, like every title."""

    public_id: str
    title: str
    at: datetime
    actor_name: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """`pinned` stand on top of the first page only."""

    pinned: tuple[PinnedLine, ...]
    lines: tuple[StoryLine, ...]
    next_cursor: str


def story_page(
    page: OrganizationPage,
    *,
    kinds: Collection[str] = (),
    narrowed: TimelineFilter = EVERYTHING,
    cursor: str = "",
    size: int = PAGE_SIZE,
    subject: Subject | None = None,
) -> Story:
    """One page of the organization's story: at most three statements. `subject` brings context grants along."""
    found = timeline_page(
        page.actor,
        page.organization,
        now=page.now,
        subject=subject or page.subject,
        kinds=kinds,
        narrowed=narrowed,
        cursor=cursor,
        limit=size,
    )
    editable = _editable(page, found.lines) if subject is not None else {}
    return Story(
        pinned=_pinned(page) if subject is not None and not cursor and not kinds and narrowed == EVERYTHING else (),
        lines=tuple(_line(line, editable) for line in found.lines),
        next_cursor=found.next_cursor,
    )


def _line(line: TimelineLine, editable: Mapping[int, str]) -> StoryLine:
    icon, tone = _LOOKS.get(line.kind, _PLAIN)
    own = editable.get(line.target_id or 0, "") if line.target_type == "interaction" else ""
    return StoryLine(line=line, icon=icon, tone=tone, interaction_id=own)


def _pinned(page: OrganizationPage) -> tuple[PinnedLine, ...]:
    return tuple(
        PinnedLine(public_id=str(public_id), title=title, at=at, actor_name=name or "")
        for public_id, title, at, name in composed.fetch(_pinned_entries, page.actor, gaps=(page.row.pk,))
    )


def _pinned_entries(actor: Actor, organization_id: int) -> "QuerySet[Any, Any]":
    found = TimelineEntry.objects.visible_to(actor).filter(organization_id=organization_id, pinned_at__isnull=False)
    return found.order_by("-pinned_at", "-pk").values_list("public_id", "title", "at", "actor__name")[:MAX_PINNED]


def _editable(page: OrganizationPage, lines: tuple[TimelineLine, ...]) -> dict[int, str]:
    """Public ids, by their ids, of the interactions among `lines` that the reader may change."""
    ids = [line.target_id for line in lines if line.target_type == "interaction" and line.target_id]
    if not ids or not page.may_log:
        return {}
    found = Interaction.objects.visible_to(page.actor).filter(pk__in=ids).only("pk", "public_id", "author_id")
    return {row.pk: str(row.public_id) for row in found if can_edit_interaction(page.actor, row)}
