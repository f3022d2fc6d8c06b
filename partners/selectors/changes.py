"""What changed on an organization, field by field: the trail's own rows, for those who open it in full."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.holiday_names import country_name
from accounts.labels import language_name
from accounts.models import Activity
from common.pagination import Order, Page, SortKey, paginate
from common.templatetags.format import spell_day, spell_number
from partners.choices import Dimension
from partners.models import Contact, Organization
from partners.selectors.page import OrganizationPage

PAGE_SIZE = 30
NEWEST_FIRST = Order((SortKey(name="at", descending=True),))
COMMERCIAL_FIELDS = frozenset({"ccv", "country_lrp", "arr"})
# Verbs whose rows tell of the organization and the people around it; talks, exports and looks have their own places.
_ICONS: Mapping[str, str] = {"contact": "address-book", "assignment": "users", "context_grant": "lock-open"}
_MODELS: Mapping[str, type[Model]] = {"organization": Organization, "contact": Contact}
_PREFIXES = ("organization.", "assignment.", "contact.", "context_grant.")


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """A field with its values as people read them; `is_closed` values are not the reader's to see."""

    label: str
    before: str
    after: str
    is_closed: bool = False


@dataclass(frozen=True, kw_only=True)
class Change:
    at: datetime
    who: str
    what: str
    icon: str
    reason: str
    fields: tuple[FieldChange, ...]


def history_page(page: OrganizationPage, *, cursor: str = "", size: int = PAGE_SIZE) -> tuple[list[Change], Page]:
    """The changes of an organization that its reader opens in full, newest first: one statement.

    The trail as a whole is for auditors; this slice of it belongs to everybody who may open the organization, and the
    caller has made sure of that. Values of commercial fields are shown to those who read such fields.
    """
    rows = (
        Activity.objects.filter(organization_id=page.row.pk)
        .filter(_told())
        .values("id", "at", "actor_name", "verb", "target_name", "changes", "reason")
    )
    found = paginate(rows, NEWEST_FIRST, cursor=cursor, size=size)
    return [_change(row, shows_commercial=page.shows_commercial) for row in found.rows], found


def _told() -> Q:
    condition = Q(pk__in=[])
    for prefix in _PREFIXES:
        condition |= Q(verb__startswith=prefix)
    return condition


def _change(row: Mapping[str, Any], *, shows_commercial: bool) -> Change:
    noun = str(row["verb"]).partition(".")[0]
    # The trail names people by ids where it can; values of other nouns mean nothing to readers.
    values = (row["changes"] or {}).items() if noun in _MODELS else ()
    fields = tuple(
        _field(_MODELS[noun], name, pair, is_closed=name in COMMERCIAL_FIELDS and not shows_commercial)
        for name, pair in values
        if isinstance(pair, list) and len(pair) == 2
    )
    about = str(row["target_name"]).rpartition(", ")[0] if noun == "assignment" else ""
    words = _verb_words(row["verb"])
    return Change(
        at=row["at"],
        who=row["actor_name"] or _("The hub"),
        what=f"{words}: {about}" if about else words,
        icon=_ICONS.get(noun, "pencil"),
        reason=row["reason"],
        fields=tuple(field for field in fields if field.before != field.after or field.is_closed),
    )


def _field(model: type[Model], name: str, values: list[Any], *, is_closed: bool) -> FieldChange:
    label = _label(model, name)
    if is_closed:
        return FieldChange(label=label, before="", after="", is_closed=True)
    return FieldChange(label=label, before=_word(model, name, values[0]), after=_word(model, name, values[1]))


def _label(model: type[Model], name: str) -> str:
    if name in Dimension.values:
        return str(Dimension(name).label)
    try:
        words = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    except FieldDoesNotExist:
        words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def _word(model: type[Model], name: str, value: Any) -> str:
    """A stored value in words: choices by their label, days and amounts in the reader's format, nothing as a dash."""
    if value in (None, ""):
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    try:
        choices = dict(getattr(model._meta.get_field(name), "flatchoices", ()))
    except FieldDoesNotExist:
        choices = {}
    if value in choices:
        return str(choices[value])
    if name in _WORDS:
        return _WORDS[name](str(value))
    day = _day(value) if name.endswith("_on") else None
    return spell_day(day) if day else str(value)


def _amount(value: str) -> str:
    try:
        return spell_number(Decimal(value))
    except InvalidOperation:
        return value


_WORDS: Mapping[str, Callable[[str], str]] = {
    "country": country_name,
    "language": language_name,
    **dict.fromkeys(COMMERCIAL_FIELDS, _amount),
}


def _day(value: Any) -> date | None:
    try:
        return parse_date(str(value))
    except ValueError:
        return None


def _verb_words(verb: str) -> str:
    """What a verb of the trail says to people; one that nobody named here is read as it is spelled."""
    known = {
        "organization.created": _("Added"),
        "organization.edited": _("Edited"),
        "organization.archived": _("Archived"),
        "organization.restored": _("Restored"),
        "organization.classified": _("Classified anew"),
        "organization.moved": _("Moved on"),
        "organization.stage_overridden": _("Moved by an administrator"),
        "assignment.started": _("Assigned"),
        "assignment.ended": _("Assignment ended"),
        "assignment.made_primary": _("Made primary"),
        "assignment.made_secondary": _("No longer primary"),
        "contact.added": _("Contact added"),
        "contact.edited": _("Contact edited"),
        "contact.archived": _("Contact archived"),
        "contact.restored": _("Contact restored"),
        "contact.made_primary": _("Primary contact"),
        "context_grant.asked": _("Context asked for"),
        "context_grant.given": _("Context opened"),
        "context_grant.refused": _("Context refused"),
        "context_grant.ended": _("Context ended"),
    }
    return known.get(verb, verb.replace(".", " ").replace("_", " ").capitalize())
