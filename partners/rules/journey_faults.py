"""Everything that can be said at once about a journey pack that cannot be used yet. Pure.

The parser stops at its first fault. A questionnaire can be judged by itself, so each names its own first fault here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from accounts.choices import STAGES_BY_KIND
from common.reading import MalformedInput
from partners.rules.classification_packs import Body
from partners.rules.journey_packs import parse_customer_journey, parse_partner_journey
from partners.rules.journeys import Questionnaire
from partners.rules.pack_reading import listed
from partners.rules.questionnaire_packs import parse_option_lists, parse_questionnaire

_PARSERS = {"partner": parse_partner_journey, "customer": parse_customer_journey}


def journey_faults(body: Body, kind: str) -> list[MalformedInput]:
    """What is wrong with the journey of a kind of organization; nothing where it can be put in force."""
    total = len(listed(body, "questionnaires")) if "questionnaires" in body else 0
    found = [fault for number in range(total) if (fault := _fault(partial(questionnaire_of, body, kind, number)))]
    if not found:
        whole = _fault(partial(_PARSERS[kind], body, version=0))
        found = [whole] if whole else []
    return list({(fault.place, fault.problem): fault for fault in found}.values())


def questionnaire_of(body: Body, kind: str, number: int) -> Questionnaire:
    """One questionnaire of a pack whose other parts may be faulty. Raises MalformedInput."""
    stages = tuple(str(stage) for stage in STAGES_BY_KIND[kind])
    row = listed(body, "questionnaires")[number]
    if not isinstance(row, dict):
        raise MalformedInput(f"questionnaires[{number}]", "is no questionnaire")
    return parse_questionnaire(row, f"questionnaires[{number}]", stages=stages, lists=parse_option_lists(body))


def _fault(read: Callable[[], object]) -> MalformedInput | None:
    try:
        read()
    except MalformedInput as error:
        return error
    return None
