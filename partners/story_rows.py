"""The lines of a timeline as they are drawn; made in Python like the cells of lists (partners/columns.py)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.template.defaultfilters import linebreaksbr
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.addresses import address
from common.markup import joined, markup
from common.templatetags.format import Clock
from common.templatetags.ui import chip, icon, icon_mark
from partners.selectors.story import StoryLine
from partners.selectors.timeline import TimelineLine

_links: dict[str, Callable[[TimelineLine], str]] = {}


def register_link(kind: str, address_of: Callable[[TimelineLine], str]) -> None:
    """Have lines of a kind lead somewhere; "" is nowhere. Called in AppConfig.ready() of the app whose kind it is."""
    _links[kind] = address_of


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What those who log may do with a line of this organization: pin it; change or take out an own interaction.

    `token` is the hidden field against forged requests, for the forms.
    """

    organization_id: str
    token: SafeString


def story_rows(
    lines: Iterable[StoryLine], clock: Clock, tools: Tools | None = None, *, timeline_url: str = ""
) -> SafeString:
    """The items of the list; with `tools` for those who may use them, with an address for each in the timeline."""
    shared = chip(_("Shared"), "teal", "share")
    closed = markup(
        '<div class="timeline-text muted">{} {}</div>', icon_mark("lock"), _("Its notes are closed to you.")
    )
    buttons = _Buttons(tools) if tools else None
    return joined(
        markup(
            '<li class="timeline-item timeline-{}"><span class="timeline-mark">{}</span><div class="timeline-body">'
            '<div class="timeline-line"><strong>{}</strong>{} <span class="timeline-when">{}</span>{}</div>{}{}'
            "</div></li>",
            item.tone,
            icon(item.icon),
            _title(item.line),
            markup(" {}", shared) if item.line.is_shared else "",
            _when(item.line, clock, timeline_url),
            buttons.of(item) if buttons else "",
            markup('<div class="timeline-text">{}</div>', linebreaksbr(item.line.body)) if item.line.body else "",
            closed if item.line.is_closed else "",
        )
        for item in lines
    )


def _title(line: TimelineLine) -> SafeString | str:
    url = _links[line.kind](line) if line.kind in _links else ""
    return markup('<a href="{}">{}</a>', url, line.title) if url else line.title


def _when(line: TimelineLine, clock: Clock, timeline_url: str) -> SafeString:
    """When, by whom, in which stage."""
    by = markup(" · {}", line.actor_name) if line.actor_name else ""
    where = markup(" · {}", line.stage_label) if line.stage_label else ""
    at = clock.ago(line.at)
    moment = markup('<a href="{}?entry={}">{}</a>', timeline_url, line.public_id, at) if timeline_url else at
    return markup("{}{}{}", moment, by, where)


class _Buttons:
    """The buttons of lines. What all lines repeat is looked up once."""

    def __init__(self, tools: Tools) -> None:
        self.organization_id, self.token = tools.organization_id, tools.token
        self.edit, self.edit_it = _("Edit"), _("Edit %(title)s")
        self.take_out, self.take_out_it = _("Take out"), _("Take out %(title)s")
        self.pin, self.pin_it = _("Pin"), _("Pin %(title)s")
        self.unpin, self.unpin_it = _("Unpin"), _("Unpin %(title)s")

    def of(self, item: StoryLine) -> SafeString:
        own = self._own(item) if item.interaction_id else ""
        return markup('<span class="timeline-tools">{}{}</span>', own, self._pin(item.line))

    def _own(self, item: StoryLine) -> SafeString:
        return markup(
            '<a class="tool" href="{}" title="{}" aria-label="{}">{}</a><form method="post" action="{}">{}'
            '<button class="tool" type="submit" title="{}" aria-label="{}">{}</button></form>',
            address("partners:interaction_edit", self.organization_id, item.interaction_id),
            self.edit,
            self.edit_it % {"title": item.line.title},
            icon("pencil"),
            address("partners:interaction_archive", self.organization_id, item.interaction_id),
            self.token,
            self.take_out,
            self.take_out_it % {"title": item.line.title},
            icon("archive"),
        )

    def _pin(self, line: TimelineLine) -> SafeString:
        word, sentence = (self.unpin, self.unpin_it) if line.is_pinned else (self.pin, self.pin_it)
        return markup(
            '<form method="post" action="{}">{}<button class="tool" type="submit" name="pin" value="{}" title="{}"'
            ' aria-label="{}">{}</button></form>',
            address("partners:entry_pin", self.organization_id, line.public_id),
            self.token,
            0 if line.is_pinned else 1,
            word,
            sentence % {"title": line.title},
            icon("pinned-off" if line.is_pinned else "pin"),
        )
