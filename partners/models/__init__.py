"""The nouns of organizations."""

from partners.models.commitments import Commitment, CommitmentChange
from partners.models.forecasts import Forecast, ForecastRun
from partners.models.gates import Draft, DraftAnswer, GateReview, SectionJudgment, Signature, Submission, Waiver
from partners.models.guides import Guide
from partners.models.handoffs import Handoff, HandoffItem, HandoffReturn
from partners.models.losses import Loss
from partners.models.organizations import ClassificationOverride, Organization, OrganizationFacts, StagePeriod
from partners.models.people import Assignment, Contact, ContextGrant
from partners.models.plays import PlayRun
from partners.models.surveys import SurveyRefusal, SurveyRequest, SurveyResponse
from partners.models.tasks import Evidence, Task, TaskDependency
from partners.models.timeline import Interaction, InteractionContact, TimelineEntry
from partners.models.touchpoints import Touchpoint

__all__ = [
    "Assignment",
    "ClassificationOverride",
    "Commitment",
    "CommitmentChange",
    "Contact",
    "ContextGrant",
    "Draft",
    "DraftAnswer",
    "Evidence",
    "Forecast",
    "ForecastRun",
    "GateReview",
    "Guide",
    "Handoff",
    "HandoffItem",
    "HandoffReturn",
    "Interaction",
    "InteractionContact",
    "Loss",
    "Organization",
    "OrganizationFacts",
    "PlayRun",
    "SectionJudgment",
    "Signature",
    "StagePeriod",
    "Submission",
    "SurveyRefusal",
    "SurveyRequest",
    "SurveyResponse",
    "Task",
    "TaskDependency",
    "TimelineEntry",
    "Touchpoint",
    "Waiver",
]
