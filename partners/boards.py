"""The board of a list: its columns and cards, read by statements composed once (ADR 0019) and drawn in Python."""

from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rules.access import Actor
from common import composed
from common.addresses import address
from common.listing import CURSOR, ListQuery
from common.markup import escaped
from common.past import PastDay
from common.templatetags.ui import avatar, chip, progress
from partners import filters
from partners.lists import DISPLAY_KEYS, FAR_PAST, VIEW, OrganizationList
from partners.selectors.board import Board, board_of, first_cards, stage_counts, standing
from partners.selectors.gate_marks import GateMark, gate_marks
from partners.selectors.listing import OrganizationRow
from partners.selectors.past import AS_OF


def board_of_list(shown: OrganizationList, kind: str) -> Board:
    """The board of `kind` of the organizations of a list. Two statements for any number."""
    asked = shown.query.without(CURSOR, VIEW, *DISPLAY_KEYS)
    if any(shown.query.get(key) for key in filters.ASKED_ANEW):
        found = standing(shown.actor, kind, shown.found)
        counts, cards = list(stage_counts(found)), list(first_cards(shown.actor, kind, found))
    else:
        counts = composed.records(_counts, shown.actor, kind, asked)
        cards = composed.records(_cards, shown.actor, kind, asked)
    return board_of(shown.actor, kind=kind, counts=counts, cards=cards, now=shown.now)


def _standing(actor: Actor, kind: str, query: ListQuery) -> Any:
    """For a list that asks nothing of the moment: its text is kept by who asks and what."""
    return standing(actor, kind, OrganizationList(actor=actor, now=FAR_PAST, path="", query=query).found)


def _counts(actor: Actor, kind: str, query: ListQuery) -> Any:
    return stage_counts(_standing(actor, kind, query))


def _cards(actor: Actor, kind: str, query: ListQuery) -> Any:
    return first_cards(actor, kind, _standing(actor, kind, query))


class _Words:
    """The words and chips that cards repeat, looked up once a page."""

    def __init__(self) -> None:
        self.late = chip(_("Launch day passed"), "danger", "alert-triangle")
        self.blocked = chip(_("Blocked"), "danger", "lock")
        self.overdue = chip(_("Tasks overdue"), "warning", "clock-exclamation")
        self.summary = chip(_("Summary"), "neutral", "eye")
        self.tasks = _("Tasks done of %(name)s")
        self._days: dict[int, str] = {}

    def days(self, count: int) -> str:
        if count not in self._days:
            self._days[count] = ngettext("%(days)s day", "%(days)s days", count) % {"days": count}
        return self._days[count]


def drawn_cards(found: Board, actor: Actor, *, today: date) -> dict[str, SafeString]:
    """The cards of each column by stage, with how their gates stand. One statement."""
    marks = gate_marks(actor, [card for column in found.columns for card in column.cards], today=today)
    words = _Words()
    return {
        column.stage: SafeString("".join([_card(card, marks.get(card.pk), words) for card in column.cards]))
        for column in found.columns
    }


def drawn_past_cards(found: Board, past: PastDay) -> dict[str, SafeString]:
    """The same of a past day: their links stay in it, and how gates stood then is on their pages."""
    words, suffix = _Words(), f"?{ListQuery(((AS_OF, past.day.isoformat()),)).encode()}"
    return {
        column.stage: SafeString("".join([_card(card, None, words, suffix) for card in column.cards]))
        for column in found.columns
    }


def _card(card: OrganizationRow, mark: GateMark | None, words: _Words, suffix: str = "") -> str:
    bar = progress(mark.done, mark.total, words.tasks % {"name": card.name}) if mark and mark.total else ""
    owners = "".join(
        [
            f'<span title="{escaped(owner.role_label)}: {escaped(owner.name)}">{avatar(owner.name, "sm")}</span>'
            for owner in card.lead_owners
        ]
    )
    return (
        '<li class="board-card" data-row tabindex="-1">'
        f'<a class="board-card-title" href="{address("partners:organization", card.public_id)}{suffix}" data-row-link>'
        f'{escaped(card.name)}</a><span class="chips">{_chips(card, mark, words)}</span>{bar}'
        f'<span class="board-card-line"><span class="muted">{words.days(card.days_in_stage)}</span>'
        f'<span class="monograms">{owners}</span></span></li>'
    )


def _chips(card: OrganizationRow, mark: GateMark | None, words: _Words) -> str:
    """What is special about an organization on the board."""
    chips: list[str] = []
    if card.gemstone_label:
        chips.append(chip(card.gemstone_label, icon="diamond"))
    if card.is_late:
        chips.append(words.late)
    if mark:
        chips += [chip(look.label, look.tone, look.icon) for look in (mark.look, mark.risk) if look]
        if mark.is_blocked:
            chips.append(words.blocked)
        if mark.is_overdue:
            chips.append(words.overdue)
    if not card.is_open:
        chips.append(words.summary)
    return " ".join(chips)
