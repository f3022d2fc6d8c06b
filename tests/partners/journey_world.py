"""The shipped journeys without a database: parsed once, with answers that let every section pass."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from common.pack_files import read_pack
from partners.rules.classification import ClassificationPolicy
from partners.rules.classification_packs import parse_rates, parse_tiers
from partners.rules.computed import Circumstances
from partners.rules.conditions import Answer, holds
from partners.rules.journey_packs import parse_customer_journey, parse_partner_journey
from partners.rules.journeys import Field, Questionnaire, Section
from partners.rules.questionnaires import Judgment

DEFAULT = Path(__file__).parents[2] / "policies" / "default"
NAMES = ("partner_journey", "customer_journey", "tiers", "rates")
PACKS = {name: read_pack(DEFAULT / f"{name}.yaml") for name in NAMES}
PARTNER = parse_partner_journey(PACKS["partner_journey"].body, version=7)
CUSTOMER = parse_customer_journey(PACKS["customer_journey"].body, version=3)
POLICY = ClassificationPolicy(
    tiers=parse_tiers(PACKS["tiers"].body, version=4), rates=parse_rates(PACKS["rates"].body, version=5)
)
TODAY = date(2025, 6, 2)

PRE_CONTRACT = PARTNER.questionnaire("pre-contract-pdm")
GATE_0 = PARTNER.questionnaire("gate-0-kickoff")
GATE_1 = PARTNER.questionnaire("gate-1-ready-to-sell")
AMOUNTS_OF_TIER = {0: ("50000000", "900000000"), 1: ("20000000", "100000000"), 2: ("1000000", "100000000")}
CONVINCED = {"strategic-value": Judgment(is_passed=True, reason="Opens the north.")}
DOUBTFUL = {"strategic-value": Judgment(is_passed=False, reason="Nobody buys there.")}


def around(*, today: date = TODAY, currency: str = "USD", policy: ClassificationPolicy = POLICY) -> Circumstances:
    return Circumstances(today=today, kind="partner", currency=currency, policy=policy)


def good_answers(questionnaire: Questionnaire, *, tier: int = 1, **changes: str) -> dict[str, str]:
    """Answers with which every automatic section passes (with tier 2 all but those that ask for a better tier).

    `changes` by field id with underscores for hyphens; two underscores at the end mean the note on the field.
    """
    ccv, lrp = AMOUNTS_OF_TIER[tier]
    answers = {
        asked.id: {"ccv-amount": ccv, "country-lrp": lrp}.get(asked.id) or _good_answer(section, asked)
        for section in questionnaire.sections
        for asked in section.fields
        if asked.computed is None
    }
    for name, value in changes.items():
        plain = name.removesuffix("__")
        answers[plain.replace("_", "-") + ("--note" if plain != name else "")] = value
    return answers


def _good_answer(section: Section, asked: Field) -> str:
    candidates: list[tuple[str, Answer]] = [
        (option.value, option.value) for option in asked.options if not option.is_negative
    ]
    if asked.type == "number":
        candidates = [("3", Decimal(3))]
    elif asked.type == "date":
        candidates = [(TODAY.isoformat(), TODAY)]
    elif not asked.options:
        candidates = [("As agreed", "As agreed")]
    rules = [rule for rule in section.rules if rule.field == asked.id]
    for text, value in candidates:
        if all(holds(rule.operator, value, rule.value, today=TODAY) for rule in rules):
            return text
    raise AssertionError(f"no good answer to {asked.id}")
