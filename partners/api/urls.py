"""Addresses of the organizations' endpoints, below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from partners.api.betas import BetaSeatViewSet, BetaViewSet
from partners.api.cadence_agreements import CadenceAgreementViewSet
from partners.api.calendar import OwnCalendarView
from partners.api.campaigns import CampaignViewSet
from partners.api.capacity import AcceptView, CapacityViewSet, ProposalViewSet, RefuseView
from partners.api.classification import ClassificationListView, ClassificationView
from partners.api.enablement import RecommendationViewSet, TrainingViewSet
from partners.api.evidence import EvidenceViewSet
from partners.api.feedback import FeedbackViewSet, VoiceViewSet
from partners.api.forecasts import ForecastView, LaunchViewSet, LoadViewSet
from partners.api.gate_work import DraftViewSet, SubmissionViewSet
from partners.api.gates import GateViewSet, WaiverViewSet
from partners.api.grants import GrantViewSet
from partners.api.guides import GuideViewSet
from partners.api.handoffs import HandoffViewSet, OwnHandoffViewSet
from partners.api.imports import ImportViewSet
from partners.api.integrations import DeliveryViewSet, IntegrationViewSet
from partners.api.losses import AllLossViewSet, LossViewSet
from partners.api.objectives import ObjectiveViewSet
from partners.api.opportunities import AllOpportunityViewSet, OpportunityViewSet
from partners.api.people import AssignmentViewSet, ContactViewSet
from partners.api.plan_coverage import PlanAccountViewSet, PlanCoverageView, PlanValueView, ValueAccountViewSet
from partners.api.promises import CommitmentViewSet, PlayRunViewSet
from partners.api.record import RecordViewSet
from partners.api.renewals import AllRenewalViewSet, RenewalViewSet, RevenueViewSet
from partners.api.review_lists import MissingReviewViewSet, ReviewBatchView, ReviewCoverageView
from partners.api.reviews import AllReviewViewSet, ReviewViewSet
from partners.api.stakeholders import StakeholderViewSet
from partners.api.story import InteractionViewSet, StageViewSet, TimelineViewSet
from partners.api.success_plans import AllSuccessPlanViewSet, SuccessPlanViewSet
from partners.api.surveys import SurveyResponseViewSet
from partners.api.touchpoints import TouchpointViewSet
from partners.api.views import OrganizationViewSet
from partners.api.waiver_requests import WaiverRequestViewSet
from partners.api.wins import AllWinViewSet, ReferenceViewSet, WinViewSet
from partners.api.work import OwnTaskViewSet, TaskViewSet

router = SimpleRouter(use_regex_path=False)
router.register("organizations", OrganizationViewSet, basename="organization")
router.register("tasks", OwnTaskViewSet, basename="own_task")
router.register("handoffs", OwnHandoffViewSet, basename="own_handoff")
router.register("guides", GuideViewSet, basename="guide")
router.register("launches", LaunchViewSet, basename="launch")
router.register("load", LoadViewSet, basename="load")
router.register("capacity", CapacityViewSet, basename="capacity")
router.register("balance-proposals", ProposalViewSet, basename="balance_proposal")
router.register("survey-responses", SurveyResponseViewSet, basename="survey_response")
router.register("losses", AllLossViewSet, basename="loss")
router.register("opportunities", AllOpportunityViewSet, basename="opportunity")
router.register("renewals", AllRenewalViewSet, basename="renewal")
router.register("reviews", AllReviewViewSet, basename="review")
router.register("reviews/missing", MissingReviewViewSet, basename="missing_review")
router.register("feedback", FeedbackViewSet, basename="feedback")
router.register("success-plans", AllSuccessPlanViewSet, basename="success_plan")
router.register("success-plans/coverage/accounts", PlanAccountViewSet, basename="plan_account")
router.register("success-plans/value/accounts", ValueAccountViewSet, basename="value_account")
router.register("betas", BetaViewSet, basename="beta")
router.register("campaigns", CampaignViewSet, basename="campaign")
router.register("wins", AllWinViewSet, basename="win")
router.register("imports", ImportViewSet, basename="import")

parts = SimpleRouter(use_regex_path=False)
parts.register("contacts", ContactViewSet, basename="contact")
parts.register("stakeholders", StakeholderViewSet, basename="stakeholder")
parts.register("record", RecordViewSet, basename="record_fact")
parts.register("assignments", AssignmentViewSet, basename="assignment")
parts.register("interactions", InteractionViewSet, basename="interaction")
parts.register("timeline", TimelineViewSet, basename="timeline")
parts.register("stages", StageViewSet, basename="stage")
parts.register("context-grants", GrantViewSet, basename="context_grant")
parts.register("gates", GateViewSet, basename="gate")
parts.register("drafts", DraftViewSet, basename="draft")
parts.register("submissions", SubmissionViewSet, basename="submission")
parts.register("waivers", WaiverViewSet, basename="waiver")
parts.register("waiver-requests", WaiverRequestViewSet, basename="waiver-request")
parts.register("tasks", TaskViewSet, basename="task")
parts.register("evidence", EvidenceViewSet, basename="evidence")
parts.register("commitments", CommitmentViewSet, basename="commitment")
parts.register("plays", PlayRunViewSet, basename="play_run")
parts.register("losses", LossViewSet, basename="organization_loss")
parts.register("opportunities", OpportunityViewSet, basename="organization_opportunity")
parts.register("renewals", RenewalViewSet, basename="organization_renewal")
parts.register("reviews", ReviewViewSet, basename="organization_review")
parts.register("revenue", RevenueViewSet, basename="organization_revenue")
parts.register("voices", VoiceViewSet, basename="voice")
parts.register("beta-seats", BetaSeatViewSet, basename="beta_seat")
parts.register("success-plans", SuccessPlanViewSet, basename="organization_success_plan")
parts.register("objectives", ObjectiveViewSet, basename="objective")
parts.register("trainings", TrainingViewSet, basename="training")
parts.register("recommendations", RecommendationViewSet, basename="recommendation")
parts.register("integrations", IntegrationViewSet, basename="integration")
parts.register("service-deliveries", DeliveryViewSet, basename="service_delivery")
parts.register("wins", WinViewSet, basename="organization_win")
parts.register("reference-requests", ReferenceViewSet, basename="reference_request")
parts.register("handoffs", HandoffViewSet, basename="handoff")
parts.register("cadence-agreements", CadenceAgreementViewSet, basename="cadence-agreement")
parts.register("touchpoints", TouchpointViewSet, basename="touchpoint")

part_urls = [
    *parts.urls,
    path("forecast/", ForecastView.as_view(), name="forecast"),
    path("classification/", ClassificationListView.as_view(), name="classification"),
    path("classification/<str:dimension>/", ClassificationView.as_view(), name="classification_value"),
]

_MOVE = "balance-proposals/<uuid:proposal_id>/moves/<uuid:move_id>"
urlpatterns = [
    path(f"{_MOVE}/accept/", AcceptView.as_view(), name="balance_move_accept"),
    path(f"{_MOVE}/refuse/", RefuseView.as_view(), name="balance_move_refuse"),
    path("reviews/coverage/", ReviewCoverageView.as_view(), name="review_coverage"),
    path("reviews/batch/", ReviewBatchView.as_view(), name="review_batch"),
    path("success-plans/coverage/", PlanCoverageView.as_view(), name="plan_coverage"),
    path("success-plans/value/", PlanValueView.as_view(), name="plan_value"),
    path("calendar/", OwnCalendarView.as_view(), name="own_calendar"),
    *router.urls,
    path("organizations/<uuid:organization_id>/", include(part_urls)),
]
