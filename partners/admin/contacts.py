"""Contacts in the administration site."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.policies import actor_of
from common.errors import DomainError
from partners.admin.base import ServiceAdmin
from partners.admin.versions import VersionedForm
from partners.models import Contact
from partners.services import contacts


class ContactAdminForm(VersionedForm):
    class Meta:
        model = Contact
        fields = (
            "organization",
            "name",
            "email",
            "phone",
            "job_title",
            "role",
            "is_primary",
            "is_ticket_manager",
            "timezone",
        )


@admin.register(Contact)
class ContactAdmin(ServiceAdmin):
    form = ContactAdminForm
    list_display = ("name", "organization", "email", "role", "is_primary", "uses_portal", "state")
    list_select_related: ClassVar = ["organization"]
    list_filter: ClassVar = [
        "role",
        "is_primary",
        ("user", admin.EmptyFieldListFilter),
        ("archived_at", admin.EmptyFieldListFilter),
    ]
    search_fields: ClassVar = ["name", "email", "organization__name"]
    autocomplete_fields: ClassVar = ["organization"]
    ordering: ClassVar = ["name_sort", "pk"]
    actions = ("archive", "restore")

    @admin.display(description=_("portal"), boolean=True, ordering="user")
    def uses_portal(self, contact: Contact) -> bool:
        return contact.user_id is not None

    @admin.display(description=_("state"), ordering="archived_at", empty_value="")
    def state(self, contact: Contact) -> str | None:
        return str(_("archived")) if contact.archived_at else None

    def get_readonly_fields(self, request: HttpRequest, obj: Contact | None = None) -> tuple[str, ...]:
        return ("organization", "user", "archived_at") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Contact | None = None) -> Any:
        fields = [*ContactAdminForm.Meta.fields]
        return [*fields, "user", "archived_at", "read_version"] if obj else fields

    def save_model(self, request: HttpRequest, obj: Contact, form: Any, change: bool) -> None:
        by, now, values = actor_of(request), timezone.now(), dict(form.cleaned_data)
        writable = {name: value for name, value in values.items() if name in contacts.WRITABLE_FIELDS}
        if not change:
            made = contacts.add_contact(
                by=by,
                organization=values["organization"],
                values=writable,
                is_primary=values["is_primary"] or None,
                now=now,
            )
            obj.__dict__.update(made.__dict__)
            return
        changed = {name: value for name, value in writable.items() if name in form.changed_data}
        saved = contacts.edit_contact(by=by, contact=obj, values=changed, version=values["read_version"], now=now)
        if "is_primary" in form.changed_data and values["is_primary"]:
            saved = contacts.make_primary(by=by, contact=saved, now=now)
        obj.__dict__.update(saved.__dict__)

    @admin.action(description=_("Archive selected contacts"))
    def archive(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        self._each(request, queryset, contacts.archive_contact)

    @admin.action(description=_("Restore selected contacts"))
    def restore(self, request: HttpRequest, queryset: QuerySet[Contact]) -> None:
        self._each(request, queryset, contacts.restore_contact)

    def _each(self, request: HttpRequest, queryset: QuerySet[Contact], act: Any) -> None:
        """Do it for each one that can be; what was refused is said with its name."""
        done = 0
        for contact in queryset.select_related("organization"):
            try:
                act(by=actor_of(request), contact=contact, now=timezone.now())
                done += 1
            except DomainError as error:
                messages.warning(request, f"{contact.name}: {error.message}")
        messages.info(
            request, ngettext("%(count)d contact changed.", "%(count)d contacts changed.", done) % {"count": done}
        )
