"""What the API reads and writes of tasks, commitments and runs of plays."""

from typing import Any

from rest_framework import serializers

from accounts.models import User
from partners.api.part_serializers import InteractionWriteSerializer
from partners.models import Commitment, CommitmentChange, Contact, PlayRun, Task
from partners.work_choices import CommitmentState, Court, Side, TaskSource, TaskState


class OwnedMixin(serializers.Serializer[Any]):
    """Who has it: one of our people, one of theirs."""

    owner_id = serializers.UUIDField(source="owner.public_id", read_only=True, allow_null=True, default=None)
    owner_name = serializers.CharField(source="owner.name", read_only=True, default="")
    contact_id = serializers.UUIDField(source="contact.public_id", read_only=True, allow_null=True, default=None)
    contact_name = serializers.CharField(source="contact.name", read_only=True, default="")


class TaskSerializer(OwnedMixin, serializers.ModelSerializer[Task]):
    """Something to do. `due_on` is a day where the organization is; `needs` are the tasks that come first."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    organization_id = serializers.UUIDField(source="organization.public_id", read_only=True)
    state = serializers.ChoiceField(choices=TaskState.choices, read_only=True)
    court = serializers.ChoiceField(choices=Court.choices, read_only=True)
    source = serializers.ChoiceField(choices=TaskSource.choices, read_only=True)  # type: ignore[assignment]
    needs = serializers.SerializerMethodField()
    done_by = serializers.CharField(source="done_by.name", read_only=True, default="")

    class Meta:
        model = Task
        fields = (
            "id",
            "organization_id",
            "title",
            "description",
            "stage",
            "phase",
            "source",
            "state",
            "court",
            "due_on",
            "owner_id",
            "owner_name",
            "owner_role",
            "contact_id",
            "contact_name",
            "is_required",
            "is_shared",
            "needs_evidence",
            "needs",
            "blocked_reason",
            "skip_reason",
            "done_at",
            "done_by",
            "version",
            "created_at",
        )
        read_only_fields = fields

    def get_needs(self, task: Any) -> list[str]:
        """Ids of the tasks that come first, as far as the caller may see them."""
        return [str(one.public_id) for one in task.needed_first]


class ScopedFields(serializers.Serializer[Any]):
    """Fields that name rows: they are looked for in the caller's scope, and in the organization of the path."""

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        actor = getattr(self.context.get("request"), "actor", None)
        organization = self.context.get("organization")
        if actor is None or organization is None:
            return fields
        fields["owner"].queryset = User.objects.visible_to(actor).staff().active()
        own = {"organization": organization, "archived_at__isnull": True}
        fields["contact"].queryset = Contact.objects.visible_to(actor).filter(**own)
        if "needs" in fields:
            fields["needs"].child_relation.queryset = Task.objects.visible_to(actor).filter(**own)
        return fields


class TaskWriteSerializer(ScopedFields, serializers.ModelSerializer[Task]):
    owner = serializers.SlugRelatedField(
        slug_field="public_id", queryset=User.objects.none(), required=False, allow_null=True
    )
    contact = serializers.SlugRelatedField(
        slug_field="public_id", queryset=Contact.objects.none(), required=False, allow_null=True
    )
    court = serializers.ChoiceField(choices=Court.choices, required=False)
    needs = serializers.SlugRelatedField(
        slug_field="public_id",
        queryset=Task.objects.none(),
        many=True,
        required=False,
        help_text="Ids of the tasks that come first. A circle is refused, and named.",
    )

    class Meta:
        model = Task
        fields = (
            "title",
            "description",
            "owner",
            "contact",
            "court",
            "due_on",
            "is_shared",
            "is_required",
            "needs_evidence",
            "needs",
        )


class TaskCompleteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(
        max_length=8_000, required=False, default="", allow_blank=True, help_text="Kept as evidence."
    )


class TaskReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300)


class CommitmentChangeSerializer(serializers.ModelSerializer[CommitmentChange]):
    """A day that was agreed anew."""

    class Meta:
        model = CommitmentChange
        fields = ("was_due_on", "due_on", "reason", "changed_at")
        read_only_fields = fields


class CommitmentSerializer(OwnedMixin, serializers.ModelSerializer[Commitment]):
    """What one side promised the other. `due_on` and `closed_on` are days where the organization is."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    side = serializers.ChoiceField(choices=Side.choices, read_only=True)
    state = serializers.ChoiceField(choices=CommitmentState.choices, read_only=True)
    changes = CommitmentChangeSerializer(many=True, read_only=True)

    class Meta:
        model = Commitment
        fields = (
            "id",
            "side",
            "title",
            "description",
            "owner_id",
            "owner_name",
            "contact_id",
            "contact_name",
            "due_on",
            "state",
            "outcome_note",
            "closed_on",
            "made_at",
            "changes",
            "version",
        )
        read_only_fields = fields


class CommitmentEditSerializer(ScopedFields, serializers.ModelSerializer[Commitment]):
    owner = serializers.SlugRelatedField(
        slug_field="public_id", queryset=User.objects.none(), required=False, allow_null=True
    )
    contact = serializers.SlugRelatedField(
        slug_field="public_id", queryset=Contact.objects.none(), required=False, allow_null=True
    )

    class Meta:
        model = Commitment
        fields: tuple[str, ...] = ("title", "description", "owner", "contact")


class CommitmentWriteSerializer(CommitmentEditSerializer):
    side = serializers.ChoiceField(choices=Side.choices, default=Side.US)

    class Meta:
        model = Commitment
        fields = ("side", "title", "description", "owner", "contact", "due_on")


class InteractionLogSerializer(InteractionWriteSerializer):
    """What was said, with the promises made in it; `touchpoint_id` is the planned meeting that it was."""

    commitments = CommitmentWriteSerializer(many=True, required=False, default=list, max_length=5)  # type: ignore[call-arg]
    touchpoint_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class CommitmentKeepSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class CommitmentNoteSerializer(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=300)


class RenegotiateSerializer(serializers.Serializer[Any]):
    due_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class PlayRunSerializer(serializers.ModelSerializer[PlayRun]):
    """One run of a play; its steps are the tasks with source `play` and this run."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    started_by = serializers.CharField(source="started_by.name", read_only=True, default="")
    ended_by = serializers.CharField(source="ended_by.name", read_only=True, default="")
    task_ids = serializers.SerializerMethodField()

    class Meta:
        model = PlayRun
        fields = (
            "id",
            "play",
            "title",
            "policy_version",
            "reason",
            "started_by",
            "started_at",
            "started_on",
            "outcome",
            "outcome_note",
            "ended_at",
            "ended_by",
            "task_ids",
            "version",
        )
        read_only_fields = fields

    def get_task_ids(self, run: Any) -> list[str]:
        """The steps, in the order of their days."""
        return [str(task.public_id) for task in run.steps]


class PlayStartSerializer(serializers.Serializer[Any]):
    play = serializers.CharField(max_length=60, help_text="Its id in the policy pack `plays`.")
    reason = serializers.CharField(max_length=2_000, help_text="What happened.")


class PlayEndSerializer(serializers.Serializer[Any]):
    outcome = serializers.CharField(max_length=40, help_text="One of the play's outcomes.")
    note = serializers.CharField(max_length=2_000, required=False, default="", allow_blank=True)
