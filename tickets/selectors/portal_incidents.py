"""What a contact sees of incidents: those that affect the open organization, and what was said in public."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from common.markdown import rendered
from common.pagination import Order, Page, SortKey, paginate
from tickets.incident_choices import OPEN_INCIDENTS
from tickets.incident_policy import SECTION_WORDS
from tickets.models import Incident, IncidentEntry, IncidentSubscriber, PostMortem, PostMortemVersion
from tickets.rules import post_mortems as rules
from tickets.selectors.portal import own_contact

SIZE = 25
ORDER = Order((SortKey(name="declared_at", descending=True),))

# States in the words of outsiders, and the tone of their chips.
_PLAIN: Mapping[str, tuple[str | Promise, str]] = {
    "investigating": (gettext_lazy("We are looking for the cause"), "danger"),
    "identified": (gettext_lazy("We know the cause and work on it"), "warning"),
    "monitoring": (gettext_lazy("It works again; we keep watching"), "info"),
    "resolved": (gettext_lazy("Solved"), "success"),
    "closed": (gettext_lazy("Solved"), "success"),
}


@dataclass(frozen=True, kw_only=True)
class PortalIncident:
    """A line of the list."""

    number: int
    title: str
    state_words: str
    tone: str
    is_open: bool
    began_at: datetime
    over_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class PortalUpdate:
    at: datetime
    state_words: str
    tone: str
    body: SafeString


@dataclass(frozen=True, kw_only=True)
class PortalIncidentPage:
    """One incident: what was said, the newest first, and what was learned as far as it is shared."""

    row: PortalIncident
    updates: Sequence[PortalUpdate]
    learned: Sequence[tuple[str, SafeString]]
    is_followed: bool
    may_follow: bool


def portal_incidents(actor: Actor, *, cursor: str = "") -> Page:
    """A page of incidents, the newest first. One statement."""
    page = paginate(Incident.objects.visible_to(actor), ORDER, cursor=cursor, size=SIZE)
    return Page(rows=[_row(row) for row in page.rows], previous=page.previous, next=page.next)


def open_portal_incidents(actor: Actor) -> list[PortalIncident]:
    """Those that are not over. One statement."""
    rows = Incident.objects.visible_to(actor).unresolved().order_by("-declared_at", "-pk")
    return [_row(row) for row in rows[:SIZE]]


def portal_incident_of(actor: Actor, number: int) -> Incident | None:
    """The incident itself, for what is done with it. One statement."""
    found: Incident | None = Incident.objects.visible_to(actor).filter(number=number).first()
    return found


def portal_incident_page(actor: Actor, number: int) -> PortalIncidentPage | None:
    """One incident for a contact. Four statements."""
    contact = own_contact(actor)
    followed = IncidentSubscriber.objects.filter(incident=OuterRef("pk"), contact_id=contact.pk if contact else 0)
    rows = Incident.objects.visible_to(actor).filter(number=number).annotate(is_followed=Exists(followed))
    incident = rows.first()
    if incident is None:
        return None
    entries = IncidentEntry.objects.visible_to(actor).filter(incident=incident).order_by("-at", "-pk")
    return PortalIncidentPage(
        row=_row(incident),
        updates=[_update(entry) for entry in entries],
        learned=_learned(actor, incident),
        is_followed=incident.is_followed,
        may_follow=contact is not None and bool(contact.email),
    )


def _learned(actor: Actor, incident: Incident) -> list[tuple[str, SafeString]]:
    """The released parts of the published post-mortem. One statement."""
    shared = PostMortem.objects.visible_to(actor).filter(incident=incident)
    rows = PostMortemVersion.objects.visible_to(actor).filter(post_mortem__in=shared).select_related("post_mortem")
    found = rows.only("post_mortem__shared_sections", *rules.SHAREABLE).first()
    if found is None:
        return []
    texts = {name: getattr(found, name) for name in rules.SHAREABLE}
    released = rules.released(texts, found.post_mortem.shared_sections)
    return [(str(SECTION_WORDS[name]), rendered(text)) for name, text in released.items()]


def _row(incident: Incident) -> PortalIncident:
    words, tone = _PLAIN[incident.state]
    return PortalIncident(
        number=incident.number,
        title=incident.public_title or _("Incident %(number)s") % {"number": incident.number},
        state_words=str(words),
        tone=tone,
        is_open=incident.state in OPEN_INCIDENTS,
        began_at=incident.started_at,
        over_at=incident.resolved_at,
        next_at=incident.update_due_at,
    )


def _update(entry: IncidentEntry) -> PortalUpdate:
    words, tone = _PLAIN[entry.state]
    return PortalUpdate(at=entry.at, state_words=str(words), tone=tone, body=rendered(entry.body))
