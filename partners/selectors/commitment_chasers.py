"""Words to remind the other side of what it promised; somebody of ours sends them, the hub never does."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.format import spell_day

SOON_DAYS = 3


@dataclass(frozen=True, kw_only=True)
class Chaser:
    """A mail to be sent by hand; `mailto` is empty where their person has no address."""

    text: str
    mailto: str


def chaser_of(row: Any, today: date) -> Chaser | None:
    """For an open promise of theirs that is due soon or overdue; `row` comes with its contact and organization."""
    days = (today - row.due_on).days
    if days < -SOON_DAYS:
        return None
    name = row.contact.name if row.contact else row.organization.name
    words = {"name": name, "what": row.title, "day": spell_day(row.due_on), "count": days}
    if days > 0:
        late = ngettext("that was %(count)d day ago", "that was %(count)d days ago", days) % words
        body = _(
            "Hello %(name)s,\n\nwe had agreed on “%(what)s” by %(day)s; %(late)s. Is there anything in the way that we"
            " can help with, or is there another day that suits you?\n\nMany thanks"
        )
        words["late"] = late
    else:
        body = _(
            "Hello %(name)s,\n\na short reminder of what we agreed: “%(what)s” by %(day)s. Is everything on track?"
            "\n\nMany thanks"
        )
    text, subject = body % words, _("Our agreement: %(what)s") % words
    email = row.contact.email if row.contact else ""
    mailto = f"mailto:{quote(email, safe='@')}?subject={quote(subject)}&body={quote(text)}" if email else ""
    return Chaser(text=text, mailto=mailto)
