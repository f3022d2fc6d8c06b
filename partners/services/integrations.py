"""Use cases of technical integrations: six steps, each with the day first planned, now planned and done."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from partners import permissions
from partners.choices import EntryKind
from partners.enablement_choices import IntegrationStage, IntegrationState
from partners.models import IntegrationStep, Organization, TechnicalIntegration
from partners.services import keeping
from partners.services.checklists import local_day
from partners.services.validation import check_fields
from partners.work_permissions import user_sees

WRITABLE_FIELDS = frozenset({"name", "purpose", "owner", "calls_per_day", "is_documented", "documentation_url"})


@transaction.atomic
def add(*, by: Actor, organization: Organization, values: Mapping[str, Any], now: datetime) -> TechnicalIntegration:
    """Begin an integration with its six steps, not planned yet. Raises NotAllowed, DomainError with `field`."""
    locked = keeping.begin(by, organization)
    check_fields(values, WRITABLE_FIELDS)
    made = TechnicalIntegration(organization=locked, **values)
    _check(made)
    made.save()
    IntegrationStep.objects.bulk_create(
        IntegrationStep(organization=locked, integration=made, stage=stage) for stage in IntegrationStage
    )
    keeping.record(by, "integration.added", made, now)
    keeping.say(made, EntryKind.INTEGRATION, _("Integration begun: %(name)s") % {"name": made.name}, by, now)
    return made


@transaction.atomic
def edit(
    *,
    by: Actor,
    integration: TechnicalIntegration,
    values: Mapping[str, Any],
    version: int | None = None,
    now: datetime,
) -> TechnicalIntegration:
    """Change what is said of it. Raises NotAllowed, Conflict, DomainError with `field`."""
    locked = keeping.locked_row(by, integration, version)
    check_fields(values, WRITABLE_FIELDS)
    if changes := keeping.put(locked, values):
        _check(locked)
        keeping.save(locked, changes)
        keeping.record(by, "integration.edited", locked, now, changes)
    return locked


@transaction.atomic
def set_step(
    *,
    by: Actor,
    integration: TechnicalIntegration,
    stage: str,
    planned_on: date | None,
    done_on: date | None = None,
    note: str = "",
    version: int | None = None,
    now: datetime,
) -> IntegrationStep:
    """Plan a step, move it, or say when it was done. The day first planned is kept: it is what "on time" means.

    Raises NotAllowed, Conflict; DomainError with `field`: an unknown step, a day done that is still to come.
    """
    locked = keeping.locked_row(by, integration, version)
    step = IntegrationStep.objects.select_for_update(no_key=True).filter(integration=locked, stage=stage).first()
    if step is None:
        raise DomainError(_("This step is not known."), field="stage", code="unknown_stage")
    if done_on is not None and done_on > local_day(locked.organization, now):
        raise DomainError(_("This day is still to come."), field="done_on", code="future")
    changes = keeping.put(step, {"planned_on": planned_on, "done_on": done_on, "note": keeping.closing(note)})
    if not changes:
        return step
    if step.first_planned_on is None:
        step.first_planned_on = planned_on
    keeping.tidy(step, {"planned_on", "done_on"})
    step.save(update_fields=["first_planned_on", "planned_on", "done_on", "note", "updated_at"])
    keeping.save(locked, [])
    keeping.record(by, "integration.step", locked, now, changes)
    if "done_on" in changes and done_on is not None:
        words = {"name": locked.name, "step": IntegrationStage(stage).label}
        keeping.say(locked, EntryKind.INTEGRATION, _("%(name)s: %(step)s done") % words, by, now)
    return step


@transaction.atomic
def set_state(
    *, by: Actor, integration: TechnicalIntegration, state: str, version: int | None = None, now: datetime
) -> TechnicalIntegration:
    """Say that it is live, stopped, or under way again. Raises NotAllowed, Conflict, DomainError with `field` state."""
    locked = keeping.locked_row(by, integration, version)
    if state not in IntegrationState.values or state == locked.state:
        raise DomainError(_("Choose another state."), field="state", code="state")
    before, locked.state = locked.state, state
    keeping.save(locked, ["state"])
    keeping.record(by, "integration.state", locked, now, {"state": [before, state]})
    title = f"{locked.name}: {IntegrationState(state).label}"
    keeping.say(locked, EntryKind.INTEGRATION, title, by, now)
    return locked


def _check(row: TechnicalIntegration) -> None:
    keeping.tidy(row, {"name", "purpose", "calls_per_day", "documentation_url"})
    if row.owner is not None and not user_sees(row.owner, permissions.subject_of(row.organization)):
        raise DomainError(_("This colleague does not see the organization."), field="owner", code="unseen")
