"""What the API reads and writes of gates: reviews, questionnaires, drafts, submissions, waivers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.choices import OWNER_ROLES
from accounts.labels import ROLE_LABELS
from partners.choices import Stage
from partners.models import GateReview, Waiver
from partners.work_choices import ReviewOutcome, SubmissionOutcome

SIGNING_ROLE_CHOICES = [(role, ROLE_LABELS[role]) for role in sorted(OWNER_ROLES)]
MAX_ANSWERS = 200
_LONGEST = 12_000


class BlockerSerializer(serializers.Serializer[Any]):
    """One thing in the way of a gate."""

    code = serializers.CharField()
    about = serializers.CharField(help_text=_("The section, criterion, questionnaire or role that it is about."))
    text = serializers.CharField()


class StandingSerializer(serializers.Serializer[Any]):
    """How an open gate stands now, evaluated for this answer."""

    outcome = serializers.CharField(help_text=_("failed, not_ready, awaits_review, awaits_signature or passed"))
    blockers = BlockerSerializer(many=True)
    missing_roles = serializers.ListField(child=serializers.CharField())
    waived = serializers.ListField(child=serializers.CharField())
    skipped = serializers.ListField(child=serializers.CharField(), help_text=_("Criteria that no module knows yet."))


class GateSerializer(serializers.ModelSerializer[GateReview]):
    """One organization at one gate. `decision` is all that it was decided by; answers are in no part of it."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    stage = serializers.ChoiceField(choices=Stage.choices, read_only=True)
    outcome = serializers.ChoiceField(
        choices=ReviewOutcome.choices, read_only=True, allow_blank=True, help_text=_("Empty while it is open.")
    )
    decided_by_name = serializers.CharField(source="decided_by.name", default=None, read_only=True, allow_null=True)
    decision = serializers.DictField(read_only=True)

    class Meta:
        model = GateReview
        fields = (
            "id",
            "stage",
            "journey_version",
            "opened_at",
            "outcome",
            "decided_at",
            "decided_by_name",
            "reason",
            "decision",
        )
        read_only_fields = fields


class GateDetailSerializer(GateSerializer):
    standing = serializers.SerializerMethodField()

    class Meta(GateSerializer.Meta):
        fields: Any = (*GateSerializer.Meta.fields, "standing")
        read_only_fields: Any = fields

    @extend_schema_field(StandingSerializer(allow_null=True))
    def get_standing(self, review: GateReview) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.context["standing"](review)
        return found


class OptionSerializer(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    is_negative = serializers.BooleanField()


class FieldSerializer(serializers.Serializer[Any]):
    """A question. A computed one is never answered; a note on an answer is kept under `note_field`."""

    id = serializers.CharField()
    note_field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    hint = serializers.CharField()
    type = serializers.CharField()
    unit = serializers.CharField()
    is_required = serializers.BooleanField()
    is_computed = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    options = OptionSerializer(many=True)


class SectionSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    title = serializers.CharField()
    checks_that = serializers.CharField()
    is_manual = serializers.BooleanField(help_text=_("A person judges it."))
    must_pass = serializers.BooleanField()
    is_waivable = serializers.BooleanField()
    phase = serializers.CharField()
    questions = FieldSerializer(many=True)


class QuestionnaireSerializer(serializers.Serializer[Any]):
    """What a gate asks, in the version of the journey that its review keeps."""

    id = serializers.CharField()
    name = serializers.CharField()
    estimated_minutes = serializers.IntegerField()
    minimum_sections = serializers.IntegerField(help_text=_("How many sections have to pass."))
    sections = SectionSerializer(many=True)


class DraftAnswerSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    source_text = serializers.CharField(allow_blank=True, help_text=_("Where it was known, if nobody typed it."))
    version = serializers.IntegerField()
    updated_by_name = serializers.CharField(allow_null=True)
    updated_at = serializers.DateTimeField()


class ProblemAtSerializer(serializers.Serializer[Any]):
    section = serializers.CharField()
    field = serializers.CharField()
    text = serializers.CharField()


class DraftSerializer(serializers.Serializer[Any]):
    """Answers as they are being written. `problems` keep them from being submitted."""

    id = serializers.UUIDField()
    gate_id = serializers.UUIDField()
    questionnaire = serializers.CharField()
    answers = DraftAnswerSerializer(many=True)
    problems = ProblemAtSerializer(many=True)


class DraftBeginSerializer(serializers.Serializer[Any]):
    questionnaire = serializers.CharField(max_length=60, help_text=_("One that the present gate asks."))


class AnswerWriteSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(max_length=100)
    value = serializers.CharField(max_length=_LONGEST, allow_blank=True, trim_whitespace=False)
    base_version = serializers.IntegerField(
        min_value=0, max_value=2_000_000_000, default=0, help_text=_("The version that you read; 0 for none.")
    )


class AnswersWriteSerializer(serializers.Serializer[Any]):
    answers = serializers.ListField(child=AnswerWriteSerializer(), allow_empty=False, max_length=MAX_ANSWERS)


class ConflictSerializer(serializers.Serializer[Any]):
    """Somebody else changed the answer after the version that came with it: what stands there, and what was sent."""

    theirs = serializers.CharField(allow_blank=True)
    yours = serializers.CharField(allow_blank=True)
    by_name = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()


class SavedAnswerSerializer(serializers.Serializer[Any]):
    """An answer as it stands now; with a `conflict` it was not written."""

    field = serializers.CharField()
    value = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()
    conflict = ConflictSerializer(allow_null=True)
    problems = serializers.ListField(child=serializers.CharField())


class SignatureSerializer(serializers.Serializer[Any]):
    role = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    signed_at = serializers.DateTimeField()


class SubmissionSerializer(serializers.Serializer[Any]):
    """One frozen version of a questionnaire.

    `answers` is empty and `is_open` false where they are closed to you: answers of earlier stages need a role or a
    context grant. Amounts are left out for those who do not read commercial fields.
    """

    id = serializers.UUIDField()
    gate_id = serializers.UUIDField()
    questionnaire = serializers.CharField()
    number = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=SubmissionOutcome.choices)
    is_current = serializers.BooleanField()
    is_intact = serializers.BooleanField(help_text=_("It still says what was hashed."))
    content_hash = serializers.CharField()
    evaluated_on = serializers.DateField()
    submitted_by_name = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    is_open = serializers.BooleanField()
    answers = serializers.DictField(child=serializers.CharField(allow_blank=True))
    sources = serializers.DictField(child=serializers.CharField(allow_blank=True))
    evidence = serializers.ListField(child=serializers.DictField())
    result = serializers.DictField()
    signatures = SignatureSerializer(many=True)


class JudgeSerializer(serializers.Serializer[Any]):
    section = serializers.CharField(max_length=80)
    is_passed = serializers.BooleanField()
    reason = serializers.CharField(max_length=4000)


class SignSerializer(serializers.Serializer[Any]):
    """Typed signatures only: a drawn one is made on the page, where one sees what one draws."""

    role = serializers.ChoiceField(choices=SIGNING_ROLE_CHOICES)
    name = serializers.CharField(max_length=150, help_text=_("Your name as it stands in your account."))


class OverrideGateSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=4000)
    to = serializers.ChoiceField(
        choices=Stage.choices, required=False, default="", help_text=_("The next stage, unless you name another.")
    )


class WaiverSerializer(serializers.ModelSerializer[Waiver]):
    """Leave for one criterion of a gate to pass for a time."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    stage = serializers.ChoiceField(choices=Stage.choices, read_only=True)
    granted_by_name = serializers.CharField(source="granted_by.name", read_only=True)

    class Meta:
        model = Waiver
        fields = (
            "id",
            "stage",
            "criterion",
            "reason",
            "granted_by_name",
            "granted_at",
            "expires_at",
            "revoked_at",
        )
        read_only_fields = fields


class WaiverGrantSerializer(serializers.Serializer[Any]):
    stage = serializers.ChoiceField(choices=Stage.choices)
    criterion = serializers.CharField(max_length=80, help_text='"section:<id>" or "criterion:<id>".')
    reason = serializers.CharField(max_length=4000)
    expires_at = serializers.DateTimeField()
