"""Enumerations of training, recommendations, technical integrations, services delivered, wins and references."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingState(models.TextChoices):
    NEEDED = "needed", _("Needed")
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


class TrainingResult(models.TextChoices):
    EXPECTED = "expected", _("Expected")
    ATTENDED = "attended", _("Attended")
    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Not passed")
    ABSENT = "absent", _("Was not there")


class RecommendationKind(models.TextChoices):
    BEST_PRACTICE = "best_practice", _("Best practice")
    OPTIMIZATION = "optimization", _("Optimization")


class RecommendationState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")


class IntegrationState(models.TextChoices):
    OPEN = "open", _("Under way")
    LIVE = "live", _("Live")
    STOPPED = "stopped", _("Stopped")


class IntegrationStage(models.TextChoices):
    """The six steps of a technical integration, in their order."""

    REQUIREMENTS = "requirements", _("Requirements")
    DESIGN = "design", _("Design")
    IMPLEMENT = "implement", _("Implement")
    TEST = "test", _("Test")
    DEPLOY = "deploy", _("Deploy")
    OPTIMIZE = "optimize", _("Optimize")


class Consent(models.TextChoices):
    NOT_ASKED = "not_asked", _("Not asked")
    ASKED = "asked", _("Asked")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")


class WinAudience(models.TextChoices):
    INTERNAL = "internal", _("Colleagues only")
    CUSTOMERS = "customers", _("Other customers, on request")
    PUBLIC = "public", _("Everybody")


class ReferenceState(models.TextChoices):
    """Where a request stands to tell somebody else of a win."""

    ASKED = "asked", _("Asked")
    AGREED = "agreed", _("Agreed")
    SERVED = "served", _("Served")
    DECLINED = "declined", _("Declined")
