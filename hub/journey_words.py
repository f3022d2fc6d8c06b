"""The parts of a journey in words: what a part is called, what a rule asks, where an answer comes from."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.labels import role_short_label
from partners.choices import ContactRole
from partners.rules import journey_edits as edits
from partners.rules.journey_edits import Body
from partners.rules.questionnaire_packs import ANSWER_SOURCE, FACTS
from partners.selectors.gate_words import in_language
from partners.work_choices import Court

SHAPES: Mapping[str, tuple[Promise, str]] = {
    "stage": (gettext_lazy("Stage"), "stairs-up"),
    "phase": (gettext_lazy("Phase"), "timeline"),
    "item": (gettext_lazy("Task"), "checkbox"),
    "criterion": (gettext_lazy("Criterion"), "target"),
    "questionnaire": (gettext_lazy("Questionnaire"), "clipboard-list"),
    "section": (gettext_lazy("Section"), "layout-list"),
    "field": (gettext_lazy("Question"), "question-mark"),
    "rule": (gettext_lazy("Rule"), "scale"),
    "option": (gettext_lazy("Answer"), "circle-dot"),
    "option_list": (gettext_lazy("List of answers"), "list"),
}
LISTS: Mapping[str, tuple[Promise, Promise]] = {
    "phase": (gettext_lazy("Phases"), gettext_lazy("Add a phase")),
    "item": (gettext_lazy("Checklist"), gettext_lazy("Add a task")),
    "criterion": (gettext_lazy("Criteria of the gate"), gettext_lazy("Add a criterion")),
    "questionnaire": (gettext_lazy("Questionnaires"), gettext_lazy("Add a questionnaire")),
    "section": (gettext_lazy("Sections"), gettext_lazy("Add a section")),
    "field": (gettext_lazy("Questions"), gettext_lazy("Add a question")),
    "rule": (gettext_lazy("Rules"), gettext_lazy("Add a rule")),
    "option": (gettext_lazy("Answers to choose from"), gettext_lazy("Add an answer")),
    "option_list": (gettext_lazy("Lists of answers"), gettext_lazy("Add a list of answers")),
}
"""What a list of parts is called, and what its button says."""

TYPES: Mapping[str, Promise] = {
    "text": gettext_lazy("A line of text"),
    "textarea": gettext_lazy("Several lines of text"),
    "email": gettext_lazy("An e-mail address"),
    "date": gettext_lazy("A day"),
    "number": gettext_lazy("A number"),
    "radio": gettext_lazy("One of several answers, all in sight"),
    "select": gettext_lazy("One of several answers, from a list"),
    "checkbox": gettext_lazy("A box to tick"),
}
OPERATORS: Mapping[str, Promise] = {
    "equals": gettext_lazy("is"),
    "not_equals": gettext_lazy("is not"),
    "greater_than": gettext_lazy("is more than, or after"),
    "less_than": gettext_lazy("is less than, or before"),
    "at_least": gettext_lazy("is at least, or on or after"),
    "contains": gettext_lazy("contains"),
    "not_contains": gettext_lazy("does not contain"),
    "in": gettext_lazy("is one of"),
    "within_days": gettext_lazy("lies within this many days from the submission"),
    "within_months": gettext_lazy("lies within this many months from the submission"),
}
COMPUTATIONS: Mapping[str, Promise] = {
    "partner_tier": gettext_lazy("The partner tier"),
    "ccv_share_of_lrp_percent": gettext_lazy("The contract value as a share of the country plan"),
    "meets_tier_threshold": gettext_lazy("Whether tier 0 or tier 1 is reached"),
    "meets_tier_0": gettext_lazy("Whether tier 0 is reached"),
    "meets_financial_bar": gettext_lazy("Whether the financial bar is met"),
    "is_within_days": gettext_lazy("Whether a day lies within some days"),
    "is_within_months": gettext_lazy("Whether a day lies within some months"),
}
ARGUMENTS: Mapping[str, Promise] = {
    "ccv": gettext_lazy("Question with the committed contract value"),
    "lrp": gettext_lazy("Question with the country plan"),
    "date": gettext_lazy("Question with the day"),
    "days": gettext_lazy("How many days"),
    "months": gettext_lazy("How many months"),
}
UNITS: Mapping[str, Promise] = {
    "currency": gettext_lazy("An amount in the organization's currency"),
    "percent": gettext_lazy("Percent"),
    "count": gettext_lazy("Whole pieces"),
}
_FACTS: Mapping[str, Promise] = {
    "organization.name": gettext_lazy("Name"),
    "organization.website": gettext_lazy("Website"),
    "organization.country": gettext_lazy("Country"),
    "organization.edition": gettext_lazy("Edition"),
    "organization.ccv": gettext_lazy("Committed contract value"),
    "organization.country_lrp": gettext_lazy("Country plan"),
    "organization.arr": gettext_lazy("Annual recurring revenue"),
    "organization.licenses": gettext_lazy("Licenses"),
    "organization.target_launch_on": gettext_lazy("Target day of the launch"),
}
_CONTACT_FACTS: Mapping[str, Promise] = {
    "name": gettext_lazy("name"),
    "job_title": gettext_lazy("job title"),
    "email": gettext_lazy("e-mail address"),
}


def title_of(body: Body, place: str) -> str:
    """What people call the part at a place. Raises NoSuchPart."""
    shape, entry = edits.shape_of(place), edits.look_up(body, place)
    match shape:
        case "option_list":
            return place.partition("/")[2]
        case "questionnaire":
            words = in_language(entry.get("name"))
        case "phase":
            words = f"{entry.get('id', '')} {in_language(entry.get('name'))}"
        case "section":
            words = in_language(entry.get("title"))
        case "rule":
            words = in_language(entry.get("reason"))
        case _:
            words = in_language(entry.get("label"))
    return words or place.rpartition("/")[2]


def hint_of(body: Body, place: str) -> str:
    """A second line for a part in its list."""
    shape, entry = edits.shape_of(place), edits.look_up(body, place)
    match shape:
        case "phase":
            return " · ".join((role_short_label(entry.get("lead_role", "")), weeks_in_words(entry)))
        case "item":
            when = _("week %d") % entry["week"] if "week" in entry else _("day %d") % entry.get("due_day", 0)
            return " · ".join((role_short_label(entry.get("owner_role", "")), when, _court(entry.get("court", ""))))
        case "section":
            fields, rules = len(entry.get("fields", ())), len(entry.get("rules", ()))
            judged = _("judged by a person") if entry.get("evaluation") == "manual" else _("%d rules") % rules
            return f"{_('%d questions') % fields} · {judged}"
        case "field":
            return _field_hint(entry)
        case "rule":
            return rule_in_words(body, place, entry)
        case "option":
            return f"{entry.get('value', '')} · {_('negative')}" if entry.get("is_negative") else entry.get("value", "")
        case "option_list":
            return ", ".join(in_language(option.get("label")) for option in entry)
        case "criterion":
            return _("a fact that the hub knows") if entry.get("fact") else _("shown by sections")
        case "questionnaire":
            return _("%d sections") % len(entry.get("sections", ()))
    return " · ".join(filter(None, (weeks_in_words(entry), _("%d tasks") % len(entry.get("checklist", ())))))


def weeks_in_words(entry: Mapping[str, Any]) -> str:
    """The weeks of a stage or a phase; empty for one that says none."""
    weeks = entry.get("weeks")
    return _("weeks %(first)s to %(last)s") % weeks if isinstance(weeks, Mapping) else ""


def rule_in_words(body: Body, place: str, entry: Mapping[str, Any]) -> str:
    """What a rule asks: "Have both sides signed? is yes"."""
    section = place.partition("/rules/")[0]
    try:
        asked = title_of(body, f"{section}/fields/{entry.get('field')}")
    except edits.NoSuchPart:
        asked = str(entry.get("field"))
    value = entry.get("value")
    words = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return f"{asked} · {OPERATORS.get(entry.get('operator', ''), entry.get('operator'))} {words}"


def source_in_words(body: Body, source: str) -> str:
    """Where an answer is known already."""
    if source.startswith(ANSWER_SOURCE):
        questionnaire, _slash, field = source.removeprefix(ANSWER_SOURCE).partition("/")
        for place, section in edits.entries(body, f"questionnaires/{questionnaire}/sections"):
            if any(one["id"] == field for one in section.get("fields", ())):
                return (
                    f"{title_of(body, f'questionnaires/{questionnaire}')}: {title_of(body, f'{place}/fields/{field}')}"
                )
        return source
    if source in _FACTS:
        return _("Record: %s") % _FACTS[source]
    if source in FACTS:
        _contact, role, fact = source.split(".")
        return _("Contact, %(role)s: %(fact)s") % {"role": ContactRole(role).label, "fact": _CONTACT_FACTS[fact]}
    return source


def _field_hint(entry: Mapping[str, Any]) -> str:
    words = [str(TYPES.get(entry.get("type", ""), ""))]
    if "computed" in entry:
        words.append(_("worked out"))
    elif not entry.get("required", True):
        words.append(_("optional"))
    if entry.get("source"):
        words.append(_("filled in"))
    return " · ".join(words)


def _court(court: str) -> str:
    return str(dict(Court.choices).get(court, court))
