"""Organizations in the administration site: facts, owners inline and in bulk, and the audit trail of each."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import OWNER_ROLES
from accounts.labels import role_choices
from accounts.models import Activity
from accounts.policies import actor_of
from partners.admin.base import HISTORY_SHOWN, ServiceAdmin
from partners.admin.bulk import assign_owner
from partners.admin.owners import OwnerFormSet, OwnerInline, PastOwnerInline, save_owners
from partners.admin.versions import VersionedForm
from partners.models import Assignment, Organization
from partners.services import organizations
from partners.services.organizations import WRITABLE_FIELDS


class WithoutOwner(admin.SimpleListFilter):
    """Those where nobody holds a role today."""

    title = gettext_lazy("missing owner")
    parameter_name = "without"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return role_choices(sorted(OWNER_ROLES))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in OWNER_ROLES:
            return queryset
        held = Assignment.objects.active().filter(role=self.value()).values("organization_id")
        return queryset.exclude(pk__in=held)


class OrganizationAdminForm(VersionedForm):
    class Meta:
        model = Organization
        fields = (
            "kind",
            "name",
            "summary",
            "website",
            "industry",
            "country",
            "timezone",
            "language",
            "via_partner",
            "target_launch_on",
            "market_segment",
            "edition",
            "deployment",
            "licenses",
            "expected_adoption",
            "currency",
            "ccv",
            "country_lrp",
            "arr",
            "source",
            "external_key",
        )


@admin.register(Organization)
class OrganizationAdmin(ServiceAdmin):
    form = OrganizationAdminForm
    list_display = ("name", "kind", "stage", "stage_entered_at", "owners", "country", "state")
    list_select_related: ClassVar = ["facts"]
    list_filter: ClassVar = ["kind", "stage", WithoutOwner, ("archived_at", admin.EmptyFieldListFilter), "source"]
    search_fields: ClassVar = ["name", "external_key"]
    autocomplete_fields: ClassVar = ["via_partner"]
    ordering: ClassVar = ["name_sort", "pk"]
    inlines: ClassVar = [OwnerInline, PastOwnerInline]
    actions = (assign_owner,)
    object_history_template = "admin/partners/organization_history.html"
    fieldsets: ClassVar = [
        (None, {"fields": ["kind", "name", "summary", "website", "industry", "country", "timezone", "language"]}),
        (
            gettext_lazy("Plan"),
            {
                "fields": [
                    *["via_partner", "target_launch_on", "market_segment", "edition"],
                    *["deployment", "licenses", "expected_adoption"],
                ]
            },
        ),
        (gettext_lazy("Commercial"), {"fields": ["currency", "ccv", "country_lrp", "arr"]}),
        (gettext_lazy("Origin"), {"fields": ["source", "external_key", "read_version"]}),
    ]
    # Stages are moved by gate decisions, values computed from facts: to look at only.
    COMPUTED: ClassVar = ["stage", "stage_entered_at", "launched_on", "archived_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        held = (
            Assignment.objects.active()
            .filter(organization=OuterRef("pk"), is_primary=True, role__in=sorted(OWNER_ROLES))
            .order_by()
            .values("organization")
            .annotate(names=StringAgg("user__name", ", ", order_by="role"))
        )
        return super().get_queryset(request).annotate(owner_names=Subquery(held.values("names")))

    @admin.display(description=gettext_lazy("primary owners"), empty_value="-")
    def owners(self, organization: Any) -> str | None:
        names: str | None = organization.owner_names
        return names

    @admin.display(description=gettext_lazy("state"), ordering="archived_at", empty_value="")
    def state(self, organization: Organization) -> str | None:
        return _("archived") if organization.archived_at else None

    def get_readonly_fields(self, request: HttpRequest, obj: Organization | None = None) -> list[str]:
        return ["kind", *self.COMPUTED] if obj else []

    def get_fieldsets(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        sections = [*self.fieldsets]
        return [*sections, (_("Journey"), {"fields": self.COMPUTED})] if obj else sections

    def get_inline_instances(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        """Owners are assigned to what there is: the page after adding has the rows."""
        return super().get_inline_instances(request, obj) if obj else []

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:
        by, now = actor_of(request), timezone.now()
        values = {name: value for name, value in form.cleaned_data.items() if name in WRITABLE_FIELDS}
        if change:
            changed = {name: value for name, value in values.items() if name in form.changed_data}
            version = form.cleaned_data["read_version"]
            saved = organizations.edit_organization(by=by, organization=obj, values=changed, version=version, now=now)
        else:
            saved = organizations.create_organization(by=by, kind=form.cleaned_data["kind"], values=values, now=now)
        obj.__dict__.update(saved.__dict__)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if isinstance(formset, OwnerFormSet):
            save_owners(formset, by=actor_of(request))
        else:
            # Those of the past are only read; the admin asks for what changed.
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The audit trail of the organization and of all that belongs to it, newest first."""
        organization = self.get_object(request, unquote(object_id))
        if organization is None:
            raise Http404
        trail = Activity.objects.visible_to(actor_of(request)).filter(organization_id=organization.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(name)s") % {"name": organization.name},
            "opts": self.opts,
            "object": organization,
            "trail": trail.order_by("-at", "-id")[:HISTORY_SHOWN],
        }
        return TemplateResponse(request, self.object_history_template, context)
