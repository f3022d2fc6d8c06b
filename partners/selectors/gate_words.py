"""What a gate says in words: answers as they are read, what is wrong with one, how a worked-out one came about."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from common.templatetags.format import spell_day, spell_money, spell_number
from partners.choices import Dimension
from partners.classification_policy import PolicyInForce
from partners.rules.answers import Problem, Trouble
from partners.rules.classification import label_in
from partners.rules.classification_packs import Label
from partners.rules.computed import NO, TIER_VALUES, YES
from partners.rules.journeys import NOTE_SUFFIX, Field
from partners.selectors.classification_words import conversion_in_words, rule_in_words


@dataclass(frozen=True, kw_only=True)
class Look:
    """A state as a chip shows it."""

    label: str | Promise
    tone: str
    icon: str


SECTION_LOOKS: Mapping[str, Look] = {
    "passed": Look(label=pgettext_lazy("section", "Passed"), tone="success", icon="check"),
    "remarks": Look(label=gettext_lazy("Passed with remarks"), tone="info", icon="message-2"),
    "failed": Look(label=pgettext_lazy("section", "Failed"), tone="danger", icon="x"),
    "pending": Look(label=gettext_lazy("Waits for a judgment"), tone="warning", icon="hourglass"),
    "waived": Look(label=gettext_lazy("Waived"), tone="purple", icon="scale"),
}
OVERALL_LOOKS: Mapping[str, Look] = {
    "passed": Look(label=gettext_lazy("Passed"), tone="success", icon="circle-check"),
    "failed": Look(label=gettext_lazy("Failed"), tone="danger", icon="circle-x"),
    "awaits_review": Look(label=gettext_lazy("Awaits review"), tone="warning", icon="hourglass"),
}
PROGRESS_LOOKS: Mapping[str, Look] = {
    "untouched": Look(label=gettext_lazy("Not started"), tone="neutral", icon="circle-dashed"),
    "started": Look(label=gettext_lazy("Started"), tone="accent", icon="progress"),
    "complete": Look(label=gettext_lazy("Complete"), tone="success", icon="circle-check"),
    "has_errors": Look(label=gettext_lazy("Has errors"), tone="danger", icon="alert-circle"),
}

_TROUBLES: Mapping[Trouble, Promise] = {
    Trouble.REQUIRED: gettext_lazy("Answer this question."),
    Trouble.NOTE_NEEDED: gettext_lazy("Say in a note what is missing and what is done about it."),
    Trouble.NOT_AN_OPTION: gettext_lazy("Choose one of the answers."),
    Trouble.NOT_A_NUMBER: gettext_lazy("Write a number, such as 1250000 or 12.5."),
    Trouble.NEGATIVE: gettext_lazy("Write a number that is not below zero."),
    Trouble.TOO_LARGE: gettext_lazy("Write a number below %(limit)s."),
    Trouble.TOO_MANY_DECIMALS: gettext_lazy("Write at most %(limit)s decimals."),
    Trouble.NOT_WHOLE: gettext_lazy("Write a whole number."),
    Trouble.NOT_A_DATE: gettext_lazy("Write a day as year-month-day, such as 2026-03-14."),
    Trouble.DATE_OUT_OF_RANGE: gettext_lazy("Choose a day from %(first)s to %(last)s."),
    Trouble.NOT_AN_EMAIL: gettext_lazy("Write an e-mail address, such as name@example.com."),
    Trouble.TOO_LONG: gettext_lazy("Write at most %(limit)s characters."),
    Trouble.CONTROLS: gettext_lazy("This holds characters that cannot be stored; type it anew."),
    Trouble.COMPUTED: gettext_lazy("The hub works this answer out; nobody gives it."),
    Trouble.UNKNOWN_FIELD: gettext_lazy("The questionnaire does not ask this."),
}
_YES_NO = {YES: gettext_lazy("Yes"), NO: gettext_lazy("No")}


def in_language(label: Label | None) -> str:
    """A text of a policy pack in the reader's language; "" for none."""
    return label_in(label, get_language() or "en") if label else ""


def reason_in_language(reason: Any) -> str:
    """The words of a rule as a submission keeps them: by language, or plain."""
    return in_language(reason) if isinstance(reason, Mapping) else str(reason)


def problem_in_words(problem: Problem) -> str:
    """What is wrong at a field, and what to do."""
    return str(_TROUBLES[problem.trouble]) % problem.params


def question_of(problem: Problem) -> str:
    """The field at which a problem stands: that on which its note is, for one of a note."""
    return problem.field.removesuffix(NOTE_SUFFIX)


def answer_in_words(asked: Field, value: str, *, currency: str, in_force: PolicyInForce | None = None) -> str:
    """An answer as people read it: the option's words, a spelled day, an amount with its currency; "" for none.

    What cannot be understood comes back as it was written.
    """
    if not value:
        return ""
    if (label := asked.option_label(value)) is not None:
        return in_language(label)
    if value in TIER_VALUES and asked.computed is not None:
        return in_force.label(Dimension.PARTNER_TIER, TIER_VALUES.index(value)) if in_force else value
    if value in _YES_NO and (asked.computed is not None or asked.type == "checkbox"):
        return str(_YES_NO[value])
    try:
        if asked.type == "date":
            return spell_day(date.fromisoformat(value))
        if asked.type == "number":
            return _number(asked, Decimal(value), currency)
    except (ValueError, InvalidOperation):
        return value
    return value


def how_computed(receipt: Mapping[str, Any], in_force: PolicyInForce, *, currency: str) -> str:
    """From what a worked-out answer came, in a sentence."""
    match receipt.get("rule"):
        case "between":
            words = {name: spell_day(date.fromisoformat(receipt[name])) for name in ("date", "from", "to")}
            if receipt["from"] <= receipt["date"] <= receipt["to"]:
                return _("%(date)s lies between %(from)s and %(to)s.") % words
            return _("%(date)s does not lie between %(from)s and %(to)s.") % words
        case "share":
            return _("%(ccv)s out of %(plan)s, the long-range plan of the country.") % {
                "ccv": spell_money(Decimal(receipt["ccv"]), currency),
                "plan": spell_money(Decimal(receipt["country_lrp"]), currency),
            }
        case "missing" if "params" not in receipt:
            return _("Worked out as soon as the answers that it needs are given.")
        case None:
            return ""
    params = receipt.get("params", {})
    rule = rule_in_words(receipt["rule"], params, in_force, with_amounts=True)
    return " ".join(filter(None, (rule, conversion_in_words(params))))


def _number(asked: Field, value: Decimal, currency: str) -> str:
    if asked.unit == "currency":
        return spell_money(value, currency)
    places = max(-int(value.as_tuple().exponent), 0)
    number = spell_number(value, places)
    return f"{number} %" if asked.unit == "percent" else number
