"""Forms of people: invite, accept, profile, roles, tokens."""

from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.labels import role_choices
from accounts.models import Team, TokenScope


def timezone_choices() -> list[tuple[str, str]]:
    """IANA zones that name a place, and UTC."""
    places = sorted(
        zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
    )
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


class PeopleFilter(forms.Form):
    """Which colleagues the list shows; what cannot be understood is left out."""

    q = forms.CharField(label=_("Name or address"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=lambda: [("", _("Any role")), *role_choices()],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Everybody")),
            ("active", _("Active")),
            ("no_role", _("Without a role")),
            ("inactive", _("Deactivated")),
        ],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def chosen(self) -> dict[str, str]:
        """The values that hold, as text, role and state."""
        self.is_valid()
        data = self.cleaned_data
        return {"text": data.get("q", ""), "role": data.get("role", ""), "state": data.get("state", "")}


class InviteForm(forms.Form):
    """A colleague to be."""

    email = forms.EmailField(label=_("E-mail address"))
    name = forms.CharField(label=_("Name"), max_length=150)
    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple, choices=role_choices
    )


class AcceptForm(forms.Form):
    """What a new person says of themselves."""

    name = forms.CharField(label=_("Name"), max_length=150)
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=timezone_choices, widget=forms.Select(attrs={"data-own-zone": True})
    )
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. A few words that nobody else puts together are best."),
    )


class ProfileForm(forms.Form):
    """What a person may change of themselves."""

    name = forms.CharField(label=_("Name"), max_length=150)
    job_title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=timezone_choices, help_text=_("Days and times are shown in it.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(settings.LANGUAGES) == 1:
            # Nothing to choose: the field stays away until there is a second catalogue.
            del self.fields["language"]


class RolesForm(forms.Form):
    """The roles that somebody holds."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple, choices=role_choices
    )


class MembershipForm(forms.Form):
    """A team to put somebody into."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none())
    is_lead = forms.BooleanField(label=_("Leads the team"), required=False)

    def __init__(self, *args: Any, actor: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.visible_to(actor).filter(archived_at__isnull=True)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]


class TokenForm(forms.Form):
    """A personal API token."""

    name = forms.CharField(label=_("What is it for?"), max_length=80)
    scope = forms.ChoiceField(label=_("It may"), choices=TokenScope.choices, initial=TokenScope.READ)
    expires_on = forms.DateField(
        label=_("Ends on"), widget=forms.DateInput(attrs={"type": "date"}), help_text=_("At most a year ahead.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=90)
