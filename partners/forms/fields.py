"""Fields that name a person or a partner by what people type; suggestions come as one types, and work without."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rules.access import Actor
from partners.choices import OrganizationKind
from partners.models import Organization

SUGGESTIONS = 12


def suggesting(url_name: str, list_id: str, **attrs: str) -> dict[str, str]:
    """Attributes of a text input whose `<datalist id=list_id>` is filled from `url_name` while one types."""
    return {
        "list": list_id,
        "autocomplete": "off",
        "hx-get": reverse(url_name),
        "hx-trigger": "input changed delay:150ms",
        "hx-target": f"#{list_id}",
        "hx-swap": "innerHTML",
        "hx-sync": "this:replace",
        **attrs,
    }


class PersonField(forms.CharField):
    """A colleague by e-mail address or by a name that only one has; gives the User."""

    def __init__(self, *, actor: Actor, **options: Any) -> None:
        super().__init__(max_length=254, **options)
        self.actor = actor
        self.widget.attrs.update(suggesting("partners:colleagues", "colleague-names"))

    def prepare_value(self, value: Any) -> Any:
        return value.email if isinstance(value, User) else value

    def clean(self, value: Any) -> User | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        people = User.objects.visible_to(self.actor).staff().active()
        address = text.rpartition("<")[2].rstrip("> ").lower()
        found = list(people.filter(email=address)[:1]) or list(people.filter(name__iexact=text)[:2])
        if not found:
            raise ValidationError(_("No colleague has this name or address."), code="unknown")
        if len(found) > 1:
            raise ValidationError(_("Several colleagues are called so: give the e-mail address."), code="ambiguous")
        person: User = found[0]
        return person


class PartnerField(forms.CharField):
    """A partner that the actor sees, by its name; gives the Organization."""

    def __init__(self, *, actor: Actor, **options: Any) -> None:
        super().__init__(max_length=200, **options)
        self.actor = actor
        self.widget.attrs.update(suggesting("partners:partner_names", "partner-names"))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            seen = Organization.objects.visible_to(self.actor).filter(pk=value)
            return seen.values_list("name", flat=True).first() or ""
        return value.name if isinstance(value, Organization) else value

    def clean(self, value: Any) -> Organization | None:
        text = str(super().clean(value) or "").strip()
        if not text:
            return None
        partners = Organization.objects.visible_to(self.actor).current().of_kind(OrganizationKind.PARTNER)
        found = list(partners.filter(name__iexact=text)[:2])
        if not found:
            raise ValidationError(_("No partner of this name is open to you."), code="unknown")
        if len(found) > 1:
            raise ValidationError(_("Several partners are called so."), code="ambiguous")
        partner: Organization = found[0]
        return partner


def zone_choices(current: str = "") -> list[tuple[str, str]]:
    """Time zones of the world, those of continents only; one that is set already stays."""
    zones = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))}
    return [(zone, zone.replace("_", " ")) for zone in sorted({"UTC", *zones, *({current} if current else ())})]
