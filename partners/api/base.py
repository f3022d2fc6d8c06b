"""What the endpoints of organizations share: organizations in the caller's scope, rows that belong to one of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import JSONField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from accounts.api.permissions import StaffOnly
from accounts.models import User
from accounts.policies import actor_of
from accounts.rules.access import Actor, Subject
from common.api import RateLimitHeaders
from partners import permissions
from partners.models import Contact, Organization

# Today's owners and participants: assignment, person, name, role, is primary.
_OWNERS = RawSQL(
    "SELECT jsonb_agg(jsonb_build_array(held.public_id, who.public_id, who.name, held.role, held.is_primary)"
    " ORDER BY held.role, held.is_primary DESC, held.id) FROM partners_assignment held"
    " JOIN accounts_user who ON who.id = held.user_id"
    " WHERE held.organization_id = partners_organization.id AND held.ended_at IS NULL",
    [],
    output_field=JSONField(),
)
# Rows and not models: fifty organizations with their facts and owners as objects took longer than all else.
_ROW = (
    "id",
    "public_id",
    "kind",
    "name",
    "name_sort",
    "summary",
    "stage",
    "stage_entered_at",
    "target_launch_on",
    "launched_on",
    "country",
    "timezone",
    "industry",
    "website",
    "market_segment",
    "edition",
    "deployment",
    "licenses",
    "external_key",
    "currency",
    "ccv",
    "country_lrp",
    "arr",
    "version",
    "archived_at",
    "created_at",
    "updated_at",
    "facts__partner_tier",
    "facts__arr_segment",
    "facts__engagement_tier",
    "facts__gemstone",
    "facts__last_interaction_at",
    "via_partner_public_id",
    "is_open",
    "shows_commercial",
    "owner_rows",
)


def organizations_of(actor: Actor) -> QuerySet[Any]:
    """Organizations that the caller sees, as the dictionaries that OrganizationSerializer reads: one statement."""
    # The partner that brought a customer is named to those who see it.
    through = Organization.objects.visible_to(actor).filter(pk=OuterRef("via_partner_id")).values("public_id")[:1]
    seen = Organization.objects.visible_to(actor).with_reach(actor)
    return seen.annotate(via_partner_public_id=Subquery(through), owner_rows=_OWNERS).values(*_ROW)


def current_organizations_of(actor: Actor) -> QuerySet[Any]:
    """The same without archived ones: what the list is made of where nothing else is asked for."""
    return organizations_of(actor).filter(archived_at__isnull=True)


def organization_or_404(request: Request, public_id: UUID) -> Organization:
    """The organization if the caller sees it; foreign and missing give the same 404."""
    seen = Organization.objects.visible_to(actor_of(request))
    found: Organization = get_object_or_404(seen, public_id=public_id)
    return found


class PartViewSet(RateLimitHeaders, mixins.ListModelMixin, GenericViewSet[Any]):
    """Rows of the organization in the path. The organization is resolved in the caller's scope first."""

    access_rule = StaffOnly.access_rule
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"
    filter_backends = ()

    @cached_property
    def organization(self) -> Any:
        """With its reach (`is_open`). Raises Http404 for one that is foreign or missing."""
        actor = actor_of(self.request)
        visible = Organization.objects.visible_to(actor).with_reach(actor)
        return get_object_or_404(visible, public_id=self.kwargs["organization_id"])

    @cached_property
    def subject(self) -> Subject:
        """The organization as the policy sees it, read once for a request."""
        return permissions.subject_of(self.organization, grants_for=actor_of(self.request).user_id)

    @property
    def is_described(self) -> bool:
        """Whether only the description of the API is being made: there is no caller then."""
        return bool(getattr(self, "swagger_fake_view", False))

    def part_or_404(self, public_id: UUID) -> Any:
        """The row, if it is one of this organization's that the caller sees."""
        return get_object_or_404(self.get_queryset(), public_id=public_id)


class ReasonedViewSet(PartViewSet):
    """Parts that say why: the reasons are for those who open the organization in full."""

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if not self.is_described:
            context["is_open"] = self.organization.is_open
        return context


class ColleagueField(serializers.SlugRelatedField[User]):
    """A colleague, looked for in the caller's scope; may be left out, and null for nobody."""

    def __init__(self, **options: Any) -> None:
        kept = {"slug_field": "public_id", "queryset": User.objects.none(), "required": False, "allow_null": True}
        super().__init__(**{**kept, **options})

    def get_queryset(self) -> QuerySet[User]:
        actor = getattr(self.context.get("request"), "actor", None)
        return User.objects.none() if actor is None else User.objects.visible_to(actor).staff().active()


def contacts_of(request: Request, organization: Organization, ids: Sequence[UUID]) -> list[Contact]:
    """The contacts with these ids. Raises ValidationError for one that is foreign, missing or of somebody else."""
    found = list(
        Contact.objects.visible_to(actor_of(request)).filter(
            organization=organization, public_id__in=ids, archived_at__isnull=True
        )
    )
    if len(found) != len(set(ids)):
        raise ValidationError({"contact_ids": [_("There is no such contact at this organization.")]})
    return found
