"""Warnings of the map of people, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.rules.stakeholders import Warned, WarningKind

_TONES = {
    WarningKind.SPONSOR_LEFT: "danger",
    WarningKind.SINGLE_THREAD: "danger",
    WarningKind.NO_SPONSOR: "warning",
    WarningKind.ONE_SUPPORTER: "warning",
    WarningKind.TOO_FEW_EXECUTIVES: "warning",
    WarningKind.SPONSOR_QUIET: "warning",
}


@dataclass(frozen=True, kw_only=True)
class ShownWarning:
    """One warning: what it is in a few words, and what it rests on."""

    kind: str
    title: str
    reason: str
    tone: str


def warning_words(warned: Warned) -> ShownWarning:
    """A warning as people read it."""
    title, reason = _said(warned)
    return ShownWarning(kind=str(warned.kind), title=title, reason=reason, tone=_TONES[warned.kind])


def _said(warned: Warned) -> tuple[str, str]:
    name, days = warned.names[0] if warned.names else "", warned.days or 0
    values = {"name": name, "days": days, "count": warned.count or 0, "wanted": warned.wanted or 0}
    match warned.kind:
        case WarningKind.SPONSOR_LEFT:
            text = ngettext(
                "%(name)s left %(days)s day ago, and nobody has taken their place as sponsor.",
                "%(name)s left %(days)s days ago, and nobody has taken their place as sponsor.",
                days,
            )
            return _("Sponsor left"), text % values
        case WarningKind.NO_SPONSOR:
            return _("No sponsor"), _("Nobody is marked as sponsor: name who carries this on their side.")
        case WarningKind.SINGLE_THREAD:
            text = ngettext(
                "Of all people here only %(name)s talked with us within %(days)s day.",
                "Of all people here only %(name)s talked with us within %(days)s days.",
                days,
            )
            return _("Hangs on one person"), text % values
        case WarningKind.ONE_SUPPORTER:
            return _("One supporter"), _("Only %(name)s has influence and is on our side.") % values
        case WarningKind.TOO_FEW_EXECUTIVES:
            text = _("%(wanted)s executive relationships are expected here, and %(count)s known.")
            return _("Too few executives"), text % values
    if warned.days is None:
        return _("Sponsor quiet"), _("No talk with %(name)s is on record.") % values
    text = ngettext(
        "The last talk with %(name)s was %(days)s day ago.", "The last talk with %(name)s was %(days)s days ago.", days
    )
    return _("Sponsor quiet"), text % values
