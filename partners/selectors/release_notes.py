"""Release notes as people read them: drafts of one's own first."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.pagination import Order, Page, SortKey, paginate
from partners.feedback_choices import ReleaseNoteState
from partners.models import ReleaseNote

NEWEST = Order((SortKey(name="created_at", descending=True),))
SIZE = 50
SHOWS = ("", "all", "sent", "discarded")


def show_words() -> list[tuple[str, str]]:
    """What the list can show."""
    return [("", _("Yours to send")), ("all", _("All drafts")), ("sent", _("Sent")), ("discarded", _("Discarded"))]


def note_page(actor: Actor, show: str, *, cursor: str) -> Page:
    """A page of release notes: one statement."""
    wanted = {
        "": Q(state=ReleaseNoteState.DRAFT, owner_id=actor.user_id),
        "all": Q(state=ReleaseNoteState.DRAFT),
        "sent": Q(state=ReleaseNoteState.SENT),
        "discarded": Q(state=ReleaseNoteState.DISCARDED),
    }[show]
    rows = ReleaseNote.objects.all().visible_to(actor).filter(wanted)
    return paginate(rows.select_related("organization", "item", "contact", "owner"), NEWEST, cursor=cursor, size=SIZE)
