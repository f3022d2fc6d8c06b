"""What the API says of people."""

from typing import Any

from rest_framework import serializers

from accounts.choices import USER_ROLES
from accounts.models import Notification, Team, User


class MeSerializer(serializers.Serializer[Any]):
    """Who the caller is, with today's roles and capabilities."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    timezone = serializers.CharField()
    language = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=USER_ROLES))
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
