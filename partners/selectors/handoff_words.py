"""What stands in the way of a handoff, in words; pages, the API and refusals say it the same."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import role_phrase
from common.templatetags.format import spell_day
from partners.handoff_policy import words
from partners.rules.handoff_packs import HandoffPolicy, Meeting
from partners.rules.handoffs import HandoffBlocker, Obstacle
from partners.work_choices import HandoffState


def sentence(obstacle: Obstacle, policy: HandoffPolicy) -> str:
    """One obstacle in words."""
    item = policy.items.get(obstacle.about)
    about = {"item": words(item.label) if item else obstacle.about}
    match obstacle.blocker:
        case HandoffBlocker.WRONG_STATE:
            return _("This handoff is in another state: %(state)s.") % {"state": HandoffState(obstacle.about).label}
        case HandoffBlocker.NOT_THE_GIVER:
            return _("Only who hands over does this.")
        case HandoffBlocker.NOT_THE_RECEIVER:
            return _("Only the receiver does this.")
        case HandoffBlocker.NO_RECEIVER:
            return _("Choose who receives it.")
        case HandoffBlocker.RECEIVER_IS_GIVER:
            return _("Choose somebody else than yourself.")
        case HandoffBlocker.RECEIVER_LACKS_ROLE:
            said = {"role": role_phrase(obstacle.about)}
            return _("The receiver is not %(role)s any more: choose another one.") % said
        case HandoffBlocker.ITEM_MISSING:
            return _("%(item)s: nothing is in it yet, write a note.") % about
        case HandoffBlocker.ITEM_UNCHECKED:
            return _("%(item)s: not marked as complete yet.") % about
        case HandoffBlocker.ITEM_UNREAD:
            return _("%(item)s: not marked as read by the receiver yet.") % about
        case HandoffBlocker.SHADOW_NOT_STARTED:
            return _("The shadow period has not begun yet.")
        case HandoffBlocker.SHADOW_NOT_OVER:
            return _("The shadow period lasts until %s.") % spell_day(date.fromisoformat(obstacle.about))
        case HandoffBlocker.REASON_MISSING:
            return _("Say what is missing.")
        case HandoffBlocker.MEETING_MISSING:
            return _MISSING[Meeting(obstacle.about)]()


def sentences(obstacles: Iterable[Obstacle], policy: HandoffPolicy) -> list[str]:
    return [sentence(obstacle, policy) for obstacle in obstacles]


def in_one(obstacles: Sequence[Obstacle], policy: HandoffPolicy) -> str:
    """All of them as one message."""
    return " ".join(sentences(obstacles, policy))


_MISSING = {
    Meeting.HANDOFF_MEETING: lambda: _("The handoff meeting has no day yet."),
    Meeting.DOCUMENT_REVIEW: lambda: _("The documents have not been reviewed together yet."),
    Meeting.INTRODUCTION: lambda: _("The receiver has not been introduced to their team yet."),
}
MEETING_LABELS = {
    Meeting.HANDOFF_MEETING: gettext_lazy("Handoff meeting"),
    Meeting.DOCUMENT_REVIEW: gettext_lazy("Documents reviewed together"),
    Meeting.INTRODUCTION: gettext_lazy("Introduced to their team"),
}
