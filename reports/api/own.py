"""Reports that are pages of their own, for programs: surveys, surveys from outside, policy quality."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import HasCapability
from accounts.policies import actor_of
from common.api import RateLimitHeaders
from reports.forms.reports import PERIOD
from reports.own_report import open_own
from reports.policy_page import REPORT as POLICIES
from reports.policy_page import SUBJECTS, PolicyQuality, group_label
from reports.report_page import OpenReport
from reports.rules.kpi_packs import Report
from reports.rules.survey_files import Scale
from reports.selectors.external_surveys import QuestionLine, question_lines, surveys_with_questions
from reports.survey_page import REPORT as SURVEYS
from reports.survey_page import SurveyReport

_PARAMETERS = [
    OpenApiParameter(PERIOD, str, description="2026-11, 2026-Q4, 2026 or two days; the quarter of today without it."),
    *(
        OpenApiParameter(key, str, many=True, description="As in the list of organizations.")
        for key in ("stage", "segment", "tier", "engagement", "gemstone", "market", "health", "owner", "role", "team")
    ),
]
_SUBJECT = OpenApiParameter("subject", str, enum=list(SUBJECTS), description="alarms without it.")


class SurveyFigureSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    before = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    interval = serializers.CharField(help_text="The ends of the 95 % interval in words; empty for a mean.")
    of = serializers.CharField(help_text="Of how many, and how many were left out.")


class SurveySpreadSerializer(serializers.Serializer[Any]):
    """How many gave each score; empty of recommending where so few answered that it would tell who said what."""

    kind = serializers.CharField()
    scores = serializers.DictField(child=serializers.IntegerField())
    left_out = serializers.IntegerField()


class SurveyReportSerializer(serializers.Serializer[Any]):
    """What the answers of a period came to, over the surveys that the caller may read."""

    first = serializers.DateField()
    last = serializers.DateField()
    timezone = serializers.CharField()
    figures = SurveyFigureSerializer(many=True)
    spreads = SurveySpreadSerializer(many=True)


class OuterQuestionSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField(help_text="csat for 1 to 5, nps for 0 to 10.")
    answers = serializers.IntegerField()
    scores = serializers.DictField(child=serializers.IntegerField())
    left_out = serializers.DictField(child=serializers.IntegerField())
    figure = serializers.CharField()
    interval = serializers.CharField()


class OuterSurveySerializer(serializers.Serializer[Any]):
    """A wave of a survey that another house has asked, with what each question came to."""

    id = serializers.CharField()
    name = serializers.CharField()
    wave = serializers.CharField()
    rows = serializers.IntegerField()
    questions = OuterQuestionSerializer(many=True)


class PolicyGroupSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    counted = serializers.IntegerField()
    cases = serializers.IntegerField()


class PolicyQualitySerializer(serializers.Serializer[Any]):
    """The figure of one subject, in words, with its groups."""

    subject = serializers.CharField()
    formula = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    timezone = serializers.CharField()
    value = serializers.CharField()
    before = serializers.CharField()
    interval = serializers.CharField()
    groups = PolicyGroupSerializer(many=True)


class _OwnView(RateLimitHeaders, APIView):
    permission_classes = (HasCapability,)
    access_rule = HasCapability.access_rule
    required_capabilities: ClassVar = {"get": ("see_reports",)}


class SurveyReportView(_OwnView):
    """Satisfaction and recommending in a period."""

    @extend_schema(summary="Figures of surveys", parameters=_PARAMETERS, responses=SurveyReportSerializer)
    def get(self, request: Request) -> Response:
        opened = _opened(request, SURVEYS)
        found = SurveyReport(opened=opened, by="kind")
        now = found.found[0]
        body = _days(opened) | {
            "figures": [
                {
                    "id": line.key,
                    "label": line.label,
                    "value": line.exact,
                    "before": line.exact_before,
                    "interval": line.interval,
                    "of": line.hint,
                }
                for line in found.lines
            ],
            "spreads": [
                {
                    "kind": scale.value,
                    "scores": now[scale].counts if now[scale].is_shown else {},
                    "left_out": now[scale].left_out,
                }
                for scale in Scale
            ],
        }
        return Response(SurveyReportSerializer(body).data)


class OuterSurveysView(_OwnView):
    """Surveys from outside."""

    @extend_schema(summary="Surveys from outside", responses=OuterSurveySerializer(many=True))
    def get(self, request: Request) -> Response:
        found = [
            {
                "id": survey.public_id,
                "name": survey.name,
                "wave": survey.wave,
                "rows": survey.rows,
                "questions": [_question(line) for line in question_lines(survey)],
            }
            for survey in surveys_with_questions(actor_of(request))
        ]
        return Response(OuterSurveySerializer(found, many=True).data)


class PolicyQualityView(_OwnView):
    """How good policies are."""

    @extend_schema(summary="Policy quality", parameters=[*_PARAMETERS, _SUBJECT], responses=PolicyQualitySerializer)
    def get(self, request: Request) -> Response:
        key = request.query_params.get("subject") or "alarms"
        if key not in SUBJECTS:
            raise ValidationError({"subject": [", ".join(SUBJECTS)]})
        opened = _opened(request, POLICIES)
        found = PolicyQuality(opened=opened, subject=SUBJECTS[key])
        figure = found.figure
        groups = [
            {"key": line.key, "label": group_label(line.key), "counted": line.hits, "cases": line.total}
            for line in found.groups
        ]
        body = _days(opened) | {
            "subject": key,
            "formula": str(found.subject.formula),
            **{name: figure[name] for name in ("value", "before", "interval")},
            "groups": groups,
        }
        return Response(PolicyQualitySerializer(body).data)


def _opened(request: Request, report: Report) -> OpenReport:
    opened = open_own(actor_of(request), report, request.query_params, now=timezone.now())
    if opened.problem:
        raise ValidationError({PERIOD: [opened.problem]})
    return opened


def _days(opened: OpenReport) -> dict[str, Any]:
    return {"first": opened.period.first, "last": opened.period.last, "timezone": opened.zone}


def _question(line: QuestionLine) -> dict[str, Any]:
    return {
        "key": line.key,
        "label": line.label,
        "kind": line.scale.value,
        "answers": line.answers,
        "scores": dict(line.scores),
        "left_out": dict(line.reasons),
        "figure": line.value,
        "interval": line.interval,
    }
