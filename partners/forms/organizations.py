"""Forms of organizations: make, edit, settle a conflict, archive, change the target launch in place."""

from copy import copy
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Role
from accounts.models import User
from accounts.rules.access import Actor
from partners.choices import MarketSegment, OrganizationKind
from partners.forms.fields import PartnerField, PersonField, zone_choices
from partners.models import Organization
from partners.permissions import ORIGIN_FIELDS, can_create, may_write_origin

SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("Identity"), ("name", "summary", "website", "industry", "country", "timezone", "language")),
    (
        gettext_lazy("Plan"),
        ("via_partner", "target_launch_on", "market_segment", "edition", "deployment", "licenses", "expected_adoption"),
    ),
    (gettext_lazy("Commercial"), ("currency", "ccv", "country_lrp", "arr")),
    (gettext_lazy("Origin"), ("source", "external_key")),
)
WRITTEN = tuple(name for _title, names in SECTIONS for name in names)
_WIDE = ("summary", "name", "via_partner")
_COMMERCIAL = ("ccv", "country_lrp", "arr")
_OF_PARTNERS = ("ccv", "country_lrp")
_OF_CUSTOMERS = ("via_partner", "arr", "edition", "licenses", "expected_adoption")
_BASE = signing.Signer(salt="partners.organization_form")


class OrganizationForm(forms.ModelForm):
    """Everything that people write on an organization of one kind.

    It carries what the fields said when it was opened (`base`), so that a conflict can tell what this person touched.
    """

    base = forms.CharField(widget=forms.HiddenInput, required=False)
    website = forms.URLField(label=gettext_lazy("Website"), required=False, max_length=200, assume_scheme="https")

    class Meta:
        model = Organization
        # The website is declared above: made from the model it would read "example.com" as an http address.
        fields: ClassVar = [name for name in WRITTEN if name != "website"]
        widgets: ClassVar = {
            "target_launch_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "summary": forms.Textarea(attrs={"rows": 3}),
            "country": forms.TextInput(attrs={"maxlength": 2, "placeholder": "DE", "autocomplete": "off"}),
            "currency": forms.TextInput(attrs={"maxlength": 3, "autocomplete": "off"}),
        }
        help_texts: ClassVar = {
            "country": gettext_lazy("Two letters, such as DE or BR."),
            "currency": gettext_lazy("Three letters, such as USD."),
            "external_key": gettext_lazy("Its number in the system it came from; once per source."),
        }

    def __init__(
        self, *args: Any, actor: Actor, kind: str, shows_commercial: bool, instance: Organization, **options: Any
    ) -> None:
        # Validation writes into the instance: the page goes on showing the one that was read.
        options["instance"] = copy(instance)
        super().__init__(*args, **options)
        self.initial.setdefault("website", instance.website)
        self.kind = kind
        self.fields["via_partner"] = PartnerField(actor=actor, required=False, label=_("Through partner"))
        self.fields["timezone"] = forms.ChoiceField(choices=zone_choices(instance.timezone), label=_("Time zone"))
        self.fields["language"] = forms.ChoiceField(choices=_languages(instance.language), label=_("Language"))
        hidden = {*(_OF_CUSTOMERS if kind == OrganizationKind.PARTNER else _OF_PARTNERS)}
        if not may_write_origin(actor):
            hidden |= ORIGIN_FIELDS
        for name in hidden | (set() if shows_commercial else set(_COMMERCIAL)):
            self.fields.pop(name, None)
        for field in self.fields.values():
            field.label = str(field.label)[:1].upper() + str(field.label)[1:] if field.label else field.label
        self.fields["market_segment"].choices = [("", _("Not known")), *MarketSegment.choices]  # type: ignore[attr-defined]
        if instance.pk is None:
            self.fields["name"].widget.attrs["autofocus"] = True
        if not self.is_bound:
            self.initial["base"] = _BASE.sign_object(self._texts(self.initial))

    @property
    def sections(self) -> list[dict[str, Any]]:
        """The fields in groups, for the page."""
        groups = []
        for title, names in SECTIONS:
            fields = [
                {"bound": self[name], "css": "wide" if name in _WIDE else ""} for name in names if name in self.fields
            ]
            if fields:
                groups.append({"title": title, "fields": fields})
        return groups

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in self.fields if name in WRITTEN}

    def touched(self) -> set[str]:
        """The fields that this person changed since the form was opened; all of them where that cannot be told."""
        try:
            base = _BASE.unsign_object(self.data.get("base", ""))
        except signing.BadSignature:
            return set(self.values)
        now = self._texts(self.values)
        return {name for name, text in now.items() if text != base.get(name, "")}

    def _texts(self, values: Any) -> dict[str, str]:
        return {name: text_of(values.get(name)) for name in WRITTEN if name in self.fields}


def text_of(value: Any) -> str:
    """A value as it is compared and shown in a conflict."""
    if value is None:
        return ""
    return str(value.pk) if isinstance(value, Organization) else str(value).replace("\r\n", "\n")


def _languages(current: str) -> list[tuple[str, Any]]:
    known = list(settings.LANGUAGES)
    return known if current in dict(known) else [*known, (current, current)]


class FirstOwnerForm(forms.Form):
    """Who carries a new organization: its PAM, or its CSM."""

    owner = forms.CharField()

    def __init__(self, *args: Any, actor: Actor, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.role = Role.PAM if kind == OrganizationKind.PARTNER else Role.CSM
        label = _("PAM") if self.role == Role.PAM else _("CSM")
        help_text = _("Who owns the relationship. You can name yourself or somebody you lead.")
        if actor.active_roles & actor.policy.see_all:
            help_text = _("Who owns the relationship; may stay open.")
        self.fields["owner"] = PersonField(
            actor=actor, label=label, help_text=help_text, required=not actor.active_roles & actor.policy.see_all
        )
        if self.role in actor.active_roles:
            own = User.objects.visible_to(actor).filter(pk=actor.user_id).first()
            self.initial.setdefault("owner", own)


def kinds_to_create(actor: Actor) -> list[str]:
    """The kinds of organization that `actor` may add."""
    return [kind for kind in OrganizationKind.values if can_create(actor, kind)]


class ArchiveForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class LaunchForm(forms.Form):
    """The planned launch alone, as a list changes it in place."""

    target_launch_on = forms.DateField(
        label=gettext_lazy("Target launch"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control", "autofocus": True}, format="%Y-%m-%d"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
