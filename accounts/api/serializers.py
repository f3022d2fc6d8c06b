"""What the API says of people and of what the policy gives them."""

from typing import Any

from rest_framework import serializers

from accounts.choices import KINDS, USER_ROLES, AccessStage, TeamKind
from accounts.models import Notification, Team, User
from accounts.rules.access import Right

ROLE_CHOICES = [(role, role) for role in USER_ROLES]
TEAM_KIND_CHOICES = [(kind.value, kind.value) for kind in TeamKind]
KIND_CHOICES = [(str(kind), str(kind)) for kind in KINDS]
STAGE_CHOICES = [(stage.value, stage.value) for stage in AccessStage]
RIGHT_CHOICES = [(right.value, right.value) for right in Right]


class MeSerializer(serializers.Serializer[Any]):
    """Who the caller is, with today's roles and capabilities."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    timezone = serializers.CharField()
    language = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLE_CHOICES))
    capabilities = serializers.ListField(child=serializers.CharField())


class UserSerializer(serializers.ModelSerializer[User]):
    """A colleague."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    roles = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "name", "email", "job_title", "timezone", "is_active", "roles")
        read_only_fields = fields

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.current_roles())


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team with its leads and members of today."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    kind = serializers.ChoiceField(choices=TEAM_KIND_CHOICES)
    email = serializers.CharField(read_only=True)
    leads = serializers.SerializerMethodField()
    members = serializers.SerializerMethodField()

    class Meta:
        model = Team
        fields = ("id", "name", "kind", "purpose", "email", "leads", "members")
        read_only_fields = fields

    def get_leads(self, team: Team) -> list[str]:
        return [row.user.name for row in team.memberships.all() if row.is_lead]

    def get_members(self, team: Team) -> list[str]:
        return [row.user.name for row in team.memberships.all() if not row.is_lead]


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """A notice in the caller's inbox."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Notification
        fields = ("id", "kind", "title", "body", "created_at", "read_at")
        read_only_fields = fields


class StageRightsSerializer(serializers.Serializer[Any]):
    """What somebody may who is assigned in the role, while the organization is in the stage."""

    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    stage = serializers.ChoiceField(choices=STAGE_CHOICES)
    rights = serializers.ListField(child=serializers.ChoiceField(choices=RIGHT_CHOICES))


class RoleSerializer(serializers.Serializer[Any]):
    """A role as the policy in force has it."""

    role = serializers.ChoiceField(choices=ROLE_CHOICES)
    label = serializers.CharField()  # type: ignore[assignment]
    capabilities = serializers.ListField(child=serializers.CharField())
    stages = StageRightsSerializer(many=True)
    sees_everything = serializers.BooleanField()
    works_everywhere = serializers.BooleanField()
    sees_through_teams = serializers.BooleanField()
    takes_part = serializers.BooleanField(help_text="Assigned without owning: the summary of its organizations.")


class CapabilitySerializer(serializers.Serializer[Any]):
    """A capability in words: "A person with this right may ..."."""

    name = serializers.CharField()
    words = serializers.CharField()


class AccessSerializer(serializers.Serializer[Any]):
    """The access policy in force."""

    version = serializers.IntegerField()
    roles = RoleSerializer(many=True)
    capabilities = CapabilitySerializer(many=True)
