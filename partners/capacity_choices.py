"""Enumerations of proposals that balance the load."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProposalState(models.TextChoices):
    """MAKING: a worker has been asked for it."""

    MAKING = "making", _("Being made")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


class MoveState(models.TextChoices):
    OPEN = "open", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")
    STALE = "stale", _("Overtaken by events")
