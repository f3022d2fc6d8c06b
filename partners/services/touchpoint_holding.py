"""A touchpoint that was held, with what was said: both are written, or neither; whoever is named with an @ is told.

A draft of the form that logs stays: it may be about another talk.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.rules.access import Actor
from partners.models import Contact, Touchpoint
from partners.services.interaction_logging import tell_mentioned
from partners.services.interactions import log_interaction
from partners.services.touchpoints import complete


@transaction.atomic
def hold(
    *, by: Actor, touchpoint: Touchpoint, values: Mapping[str, Any], contacts: Iterable[Contact] = (), now: datetime
) -> Touchpoint:
    """Log an interaction with `values` and close the touchpoint by it. Raises as both use cases do."""
    organization = touchpoint.organization
    logged = log_interaction(by=by, organization=organization, values=values, contacts=contacts, now=now)
    held = complete(by=by, touchpoint=touchpoint, interaction=logged, now=now)
    tell_mentioned(by=by, interaction=logged, now=now)
    return held
