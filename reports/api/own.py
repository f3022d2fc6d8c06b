"""Reports that are pages of their own, for programs: surveys, surveys from outside, policy quality."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.policies import actor_of
from common.listing import CURSOR
from reports.api.asking import PARAMETERS, DaysSerializer, ReportsView, days_of, opened_for
from reports.own_reports import POLICIES, SURVEYS
from reports.policy_page import SUBJECTS, PolicyQuality, policy_quality_of
from reports.rules.survey_files import Scale
from reports.selectors.external_surveys import QuestionLine, question_lines, surveys_with_questions
from reports.selectors.survey_report import BY
from reports.survey_page import SurveyLine, survey_report_of

_BY = OpenApiParameter("by", str, enum=list(BY), description="segment without it.")
_SUBJECT = OpenApiParameter("subject", str, enum=list(SUBJECTS), description="alarms without it.")
_GROUP = OpenApiParameter("group", str, description="The key of a group; all without it.")
_CASE = ("on", "group", "counts", "what", "reason", "by", "organization", "url")
PAGE = 50


class SurveyFigureSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    before = serializers.DecimalField(max_digits=12, decimal_places=4, allow_null=True)
    interval = serializers.CharField(help_text="The ends of the 95 % interval in words; empty for a mean.")
    of = serializers.CharField(help_text="Of how many, and how many were left out.")
    target = serializers.CharField(help_text="In words; empty without one.")
    to_target = serializers.CharField(help_text="Met or missed, in words; empty where there is nothing to judge.")


class SurveySpreadSerializer(serializers.Serializer[Any]):
    """How many gave each score; empty of recommending where so few answered that it would tell who said what."""

    kind = serializers.CharField()
    scores = serializers.DictField(child=serializers.IntegerField())
    left_out = serializers.IntegerField()


class SurveyPartSerializer(serializers.Serializer[Any]):
    """Answers of one part, figures in words. `is_hidden`: so few on recommending that they would tell who said what."""

    label = serializers.CharField()  # type: ignore[assignment]
    csat_answers = serializers.IntegerField()
    satisfied = serializers.CharField()
    satisfied_interval = serializers.CharField()
    mean = serializers.CharField()
    nps_answers = serializers.IntegerField()
    nps = serializers.CharField()
    nps_interval = serializers.CharField()
    response = serializers.CharField()
    is_hidden = serializers.BooleanField()


class SurveyReportSerializer(DaysSerializer):
    """What the answers of a period came to, over the surveys that the caller may read."""

    figures = SurveyFigureSerializer(many=True)
    spreads = SurveySpreadSerializer(many=True)
    parts = SurveyPartSerializer(many=True)


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


class PolicyQualitySerializer(DaysSerializer):
    """The figure of one subject, in words, with its groups."""

    subject = serializers.CharField()
    formula = serializers.CharField()
    value = serializers.CharField()
    before = serializers.CharField()
    interval = serializers.CharField()
    groups = PolicyGroupSerializer(many=True)


class PolicyCaseSerializer(serializers.Serializer[Any]):
    """One case. `counts`: whether it is what the figure is about; `role` is that of whoever did it, at that moment."""

    on = serializers.DateField()
    group = serializers.CharField()
    counts = serializers.BooleanField()
    what = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    role = serializers.CharField()
    organization = serializers.CharField()
    url = serializers.CharField()


class PolicyCasesSerializer(serializers.Serializer[Any]):
    """Cases, newest first. `next` is the cursor of the following ones, empty at the end."""

    next = serializers.CharField()
    results = PolicyCaseSerializer(many=True)


class SurveyReportView(ReportsView):
    """Satisfaction and recommending in a period."""

    @extend_schema(summary="Figures of surveys", parameters=[*PARAMETERS, _BY], responses=SurveyReportSerializer)
    def get(self, request: Request) -> Response:
        found = survey_report_of(opened_for(request, SURVEYS.id))
        now = found.found[0]
        body = days_of(found.opened) | {
            "figures": [_figure(line) for line in found.lines],
            "spreads": [
                {
                    "kind": scale.value,
                    "scores": now[scale].counts if now[scale].is_shown else {},
                    "left_out": now[scale].left_out,
                }
                for scale in Scale
            ],
            "parts": found.parts,
        }
        return Response(SurveyReportSerializer(body).data)


class OuterSurveysView(ReportsView):
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


class PolicyQualityView(ReportsView):
    """How good policies are."""

    @extend_schema(summary="Policy quality", parameters=[*PARAMETERS, _SUBJECT], responses=PolicyQualitySerializer)
    def get(self, request: Request) -> Response:
        found = _policy_quality(request)
        figure = found.figure
        groups = [
            {"key": line.key, "label": line.label, "counted": line.hits, "cases": line.total} for line in found.groups
        ]
        body = days_of(found.opened) | {
            "subject": found.subject.key,
            "formula": str(found.subject.formula),
            **{name: figure[name] for name in ("value", "before", "interval")},
            "groups": groups,
        }
        return Response(PolicyQualitySerializer(body).data)


class PolicyCasesView(ReportsView):
    """The cases behind a figure of policy quality."""

    @extend_schema(
        summary="Cases of policy quality",
        parameters=[*PARAMETERS, _SUBJECT, _GROUP, OpenApiParameter(CURSOR, str)],
        responses=PolicyCasesSerializer,
    )
    def get(self, request: Request) -> Response:
        found, asked = _policy_quality(request), request.query_params.get(CURSOR, "0")
        if not (asked.isascii() and asked.isdecimal() and len(asked) < 7):
            raise ValidationError({CURSOR: [_("Take the one that the call before has given.")]})
        first, last = int(asked), int(asked) + PAGE
        rows = [
            {name: getattr(case, name) for name in _CASE} | {"role": found.roles.get(case.by_id or 0, "")}
            for case in found.cases[first:last]
        ]
        body = {"next": str(last) if last < len(found.cases) else "", "results": rows}
        return Response(PolicyCasesSerializer(body).data)


def _policy_quality(request: Request) -> PolicyQuality:
    if request.query_params.get("subject", "alarms") not in SUBJECTS:
        raise ValidationError({"subject": [", ".join(SUBJECTS)]})
    return policy_quality_of(opened_for(request, POLICIES.id))


def _figure(line: SurveyLine) -> dict[str, Any]:
    return {
        "id": line.key,
        "label": line.label,
        "value": line.exact,
        "before": line.exact_before,
        "interval": line.interval,
        "of": line.hint,
        "target": line.target,
        "to_target": line.target_word,
    }


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
