"""Surveys that another house has asked, from files."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicModel
from reports.choices import QuestionKind
from reports.querysets import ExternalSurveyQuerySet


class ExternalSurvey(PublicModel):
    """A wave of a survey that another house has asked, from a file: answers of no organization and of nobody by name.

    Added up when it is read and never changed; `file_hash` and `mapping_hash` say what it was made of. `weight_column`
    is a column of weights that the file has and that is left alone.
    """

    name = models.CharField(_("name"), max_length=120)
    wave = models.CharField(_("wave"), max_length=40)
    source = models.CharField(_("source"), max_length=200, blank=True)
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    mapping_hash = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    weight_column = models.CharField(max_length=80, blank=True)
    imported_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    objects = ExternalSurveyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "-wave"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "wave"], name="external_survey_wave_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.wave}"


class ExternalQuestion(models.Model):
    """A question of such a survey: how many gave each score of its scale, and how often each stand-in was found.

    `counts` by score, `left_out` by what the mapping calls the stand-in ("Blank"): these enter no figure.
    """

    survey = models.ForeignKey(ExternalSurvey, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=80)
    label = models.CharField(max_length=200)
    kind = models.CharField(max_length=4, choices=QuestionKind.choices)
    counts = models.JSONField(default=dict)
    left_out = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["survey_id", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "key"], name="external_question_once"),
            models.CheckConstraint(condition=Q(kind__in=QuestionKind.values), name="external_question_kind_known"),
        ]

    def __str__(self) -> str:
        return self.key
