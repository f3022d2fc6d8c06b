"""Steps of a success plan that people add: ordinary tasks, made, done and taken away as any other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from common.errors import DomainError
from partners.models import SuccessPlan, Task
from partners.plan_choices import PlanState
from partners.services import keeping, tasks


@transaction.atomic
def add(*, by: Actor, plan: SuccessPlan, values: Mapping[str, Any], needs: Sequence[Task] = (), now: datetime) -> Task:
    """Add a step to a plan that has begun; a draft bothers nobody with tasks yet. `needs` are tasks that come first.

    Raises NotAllowed; DomainError "not_active", or with the field of a task.
    """
    locked = keeping.locked_row(by, plan)
    if locked.state != PlanState.ACTIVE:
        raise DomainError(_("Steps are added to a plan that has begun and has not ended."), code="not_active")
    sent: dict[str, Any] = {"values": values, "needs": needs, "plan": locked, "now": now}
    return tasks.create(by=by, organization=locked.organization, **sent)
