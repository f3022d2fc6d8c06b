"""The nouns of organizations."""

from partners.models.cadence import CadenceAgreement, CalendarFeed, InteractionDraft, MailAddress, RoutineTick
from partners.models.campaigns import SurveyCampaign
from partners.models.capacity import BalanceMove, BalanceProposal, KeptWeeks, WeeksMark
from partners.models.commitments import Commitment, CommitmentChange
from partners.models.enablement import (
    IntegrationStep,
    Recommendation,
    ReferenceRequest,
    ServiceDelivery,
    TechnicalIntegration,
    Training,
    TrainingAttendee,
    Win,
)
from partners.models.feedback import BetaProgram, BetaSeat, FeedbackItem, FeedbackVoice, ReleaseNote
from partners.models.forecasts import Forecast, ForecastRun
from partners.models.gates import Draft, DraftAnswer, GateReview, SectionJudgment, Signature, Submission, Waiver
from partners.models.growth import LossAutopsy, Opportunity, Renewal, RevenueChange
from partners.models.guides import Guide
from partners.models.handoffs import Handoff, HandoffItem, HandoffReturn
from partners.models.losses import Loss
from partners.models.organizations import ClassificationOverride, Organization, OrganizationFacts, StagePeriod
from partners.models.people import Assignment, Contact, ContextGrant
from partners.models.plans import Objective, SuccessPlan
from partners.models.plays import PlayRun
from partners.models.reviews import BusinessReview, ReviewBatch, ReviewDocument, ReviewSection
from partners.models.stakeholders import RecordFact, Stakeholder
from partners.models.surveys import SurveyRefusal, SurveyRequest, SurveyResponse
from partners.models.tasks import Evidence, Task, TaskDependency
from partners.models.timeline import Interaction, InteractionContact, TimelineEntry
from partners.models.touchpoints import Touchpoint
from partners.models.waivers import WaiverRequest

__all__ = [
    "Assignment",
    "BalanceMove",
    "BalanceProposal",
    "BetaProgram",
    "BetaSeat",
    "BusinessReview",
    "CadenceAgreement",
    "CalendarFeed",
    "ClassificationOverride",
    "Commitment",
    "CommitmentChange",
    "Contact",
    "ContextGrant",
    "Draft",
    "DraftAnswer",
    "Evidence",
    "FeedbackItem",
    "FeedbackVoice",
    "Forecast",
    "ForecastRun",
    "GateReview",
    "Guide",
    "Handoff",
    "HandoffItem",
    "HandoffReturn",
    "IntegrationStep",
    "Interaction",
    "InteractionContact",
    "InteractionDraft",
    "KeptWeeks",
    "Loss",
    "LossAutopsy",
    "MailAddress",
    "Objective",
    "Opportunity",
    "Organization",
    "OrganizationFacts",
    "PlayRun",
    "Recommendation",
    "RecordFact",
    "ReferenceRequest",
    "ReleaseNote",
    "Renewal",
    "RevenueChange",
    "ReviewBatch",
    "ReviewDocument",
    "ReviewSection",
    "RoutineTick",
    "SectionJudgment",
    "ServiceDelivery",
    "Signature",
    "StagePeriod",
    "Stakeholder",
    "Submission",
    "SuccessPlan",
    "SurveyCampaign",
    "SurveyRefusal",
    "SurveyRequest",
    "SurveyResponse",
    "Task",
    "TaskDependency",
    "TechnicalIntegration",
    "TimelineEntry",
    "Touchpoint",
    "Training",
    "TrainingAttendee",
    "Waiver",
    "WaiverRequest",
    "WeeksMark",
    "Win",
]
