"""What signed answers say of an organization is written to it when their gate is decided, where the journey says so."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.rules.access import Actor
from accounts.services import activity
from partners.models import Submission
from partners.rules.answers import value_of
from partners.rules.journeys import Field
from partners.selectors.gate_state import GateState
from partners.services import classification
from partners.services.draft_sources import convert
from partners.services.gate_locks import LockedGate

_FACT = "organization."


def write_back(*, gate: LockedGate, state: GateState, by: Actor, now: datetime) -> None:
    """Bring the organization's facts to what was signed; recorded as an edit, with tier and segment computed anew."""
    organization, found = gate.organization, _facts(gate, state)
    changes = activity.changes_between({name: getattr(organization, name) for name in found}, found)
    if not changes:
        return
    for name in changes:
        setattr(organization, name, found[name])
    organization.version += 1
    organization.save(update_fields=[*changes, "version", "updated_at"])
    classification.recompute([organization], now=now, by=by)
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb="organization.edited",
        target=organization,
        organization_id=organization.pk,
        changes=changes,
        reason=f"gate {gate.review.stage}",
        now=now,
    )


def _facts(gate: LockedGate, state: GateState) -> dict[str, Any]:
    """By name of the fact: what the current submissions answer."""
    found: dict[str, Any] = {}
    for questionnaire in state.stage.questionnaires:
        submission = state.submissions.get(questionnaire.id)
        for asked in questionnaire.fields if submission else ():
            if asked.writes_back and submission is not None:
                value = _value(asked, submission, gate.organization.currency)
                if value is not None:
                    found[asked.source.removeprefix(_FACT)] = value
    return found


def _value(asked: Field, submission: Submission, currency: str) -> Decimal | date | str | None:
    """An answer as the fact holds it; None for none, and for an amount that no rate brings into `currency`."""
    value = value_of(asked, submission.answers.get(asked.id, ""))
    if not isinstance(value, Decimal) or asked.unit != "currency":
        return value
    converted = convert(value, submission.result["around"]["currency"], currency, on=submission.evaluated_on)
    return converted.amount if converted else None
