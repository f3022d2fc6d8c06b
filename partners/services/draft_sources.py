"""Asked once: what a questionnaire asks and the hub knows already is filled in, and says where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.templatetags.format import spell_day
from partners.choices import ContactRole
from partners.classification_policy import policy_in_force
from partners.models import Contact, Organization, Submission
from partners.rules.answers import BadAnswer, stored, value_of
from partners.rules.journeys import Field, Questionnaire
from partners.selectors.gate_state import local_day

_ANSWER, _FACT, _CONTACT = "answer:", "organization.", "contact."
_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Known:
    """An answer that is known already, in the spelling of answers, and where from, in words."""

    value: str
    source: str


def known_answers(organization: Organization, questionnaire: Questionnaire, *, now: datetime) -> dict[str, Known]:
    """By question: what the record, the contacts and earlier submissions of the organization answer already."""
    sources = _Sources(organization, questionnaire, now)
    found = ((asked, sources.of(asked)) for asked in questionnaire.fields if asked.source)
    return {asked.id: known for asked, known in found if known is not None}


class _Sources:
    """The places where answers are known, each read once."""

    def __init__(self, organization: Organization, questionnaire: Questionnaire, now: datetime) -> None:
        self._organization, self._today = organization, local_day(organization, now)
        sources = [asked.source for asked in questionnaire.fields]
        self._contacts = _contacts(organization) if any(s.startswith(_CONTACT) for s in sources) else {}
        names = {s.removeprefix(_ANSWER).partition("/")[0] for s in sources if s.startswith(_ANSWER)}
        self._earlier = _earlier(organization, names) if names else {}

    def of(self, asked: Field) -> Known | None:
        """What is known of a question; None for nothing, and for what its field cannot hold."""
        if asked.source.startswith(_ANSWER):
            known = self._answer(asked)
        elif asked.source.startswith(_CONTACT):
            known = self._contact(asked.source)
        else:
            known = self._fact(asked.source.removeprefix(_FACT))
        return known if known is not None and _fits(asked, known.value) else None

    def _fact(self, name: str) -> Known | None:
        value = getattr(self._organization, name)
        if value is None or value == "":
            return None
        words = _("From the record of the organization, %(day)s") % {"day": spell_day(self._today)}
        return Known(value=_spelled(value), source=words[:120])

    def _contact(self, source: str) -> Known | None:
        role, _dot, fact = source.removeprefix(_CONTACT).partition(".")
        contact = self._contacts.get(role)
        value = getattr(contact, fact) if contact else ""
        if not value:
            return None
        words = _("From the contacts: %(role)s, %(day)s") % {
            "role": ContactRole(role).label,
            "day": spell_day(self._today),
        }
        return Known(value=value, source=words[:120])

    def _answer(self, asked: Field) -> Known | None:
        questionnaire_id, _slash, field_id = asked.source.removeprefix(_ANSWER).partition("/")
        submission = self._earlier.get(questionnaire_id)
        value = submission.answers.get(field_id, "") if submission else ""
        if submission is None or not value:
            return None
        words = {"day": spell_day(submission.evaluated_on), "name": submission.submitted_by.name}
        currency = submission.result["around"]["currency"]
        if asked.unit != "currency" or currency == self._organization.currency:
            return Known(value=value, source=(_("As answered on %(day)s by %(name)s") % words)[:120])
        converted = convert(Decimal(value), currency, self._organization.currency, on=self._today)
        if converted is None:
            return None
        words |= {"amount": f"{value} {currency}", "rate_day": spell_day(converted.rate_on)}
        text = _("%(amount)s as answered on %(day)s, converted by the rate of %(rate_day)s") % words
        return Known(value=stored(converted.amount), source=text[:120])


@dataclass(frozen=True, kw_only=True)
class Converted:
    """An amount in another currency, by the older of the two rates that it took."""

    amount: Decimal
    rate_on: date


def convert(amount: Decimal, currency: str, wanted: str, *, on: date) -> Converted | None:
    """An amount in another currency by the rates in force on a day; None where there is no rate."""
    if currency == wanted:
        return Converted(amount=amount, rate_on=on)
    rates = policy_in_force(on).policy.rates
    held, asked = (rates.rate(code, on) if rates else None for code in (currency, wanted))
    if held is None or asked is None:
        return None
    exact = amount * held.rate / asked.rate
    return Converted(amount=exact.quantize(_CENT, rounding=ROUND_HALF_UP), rate_on=min(held.on, asked.on))


def _contacts(organization: Organization) -> Mapping[str, Any]:
    """The contact of each role, the primary one first."""
    rows = Contact.objects.filter(organization=organization, archived_at__isnull=True)
    found: dict[str, Any] = {}
    for row in rows.order_by("-is_primary", "pk"):
        found.setdefault(row.role, row)
    return found


def _earlier(organization: Organization, names: set[str]) -> Mapping[str, Submission]:
    """The latest submission of each questionnaire that counted."""
    rows = Submission.objects.filter(
        organization=organization, questionnaire__in=sorted(names), superseded_at__isnull=True
    )
    decided = (
        rows.filter(review__decided_at__isnull=False).select_related("submitted_by").order_by("submitted_at", "pk")
    )
    return {row.questionnaire: row for row in decided}


def _spelled(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return stored(Decimal(value))
    return stored(value)


def _fits(asked: Field, value: str) -> bool:
    try:
        return value_of(asked, value) is not None
    except BadAnswer:
        return False
