"""Forms that notice when somebody else saved the same row meanwhile."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from partners.services.validation import is_zone

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Any]
else:
    _ModelForm = forms.ModelForm


class VersionedForm(_ModelForm):
    """Carries the version that was read; a newer one in the database is an error that shows what is there now."""

    read_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["read_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.instance.pk or values.get("read_version") == self._now.version:
            return values
        written = [name for name in self.changed_data if name in self.fields and name != "read_version"]
        current = "; ".join(f"{self.fields[name].label}: {getattr(self._now, name) or '-'}" for name in written)
        self.add_error(None, _("Somebody saved this while you were editing. It says now: %(now)s") % {"now": current})
        # The next save is made with what was shown just now.
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("read_version")] = self._now.version
        self.data = data
        return values

    def clean_timezone(self) -> str:
        zone: str = self.cleaned_data["timezone"]
        if zone and not is_zone(zone):
            raise forms.ValidationError(_("This time zone is not known."))
        return zone

    @property
    def _now(self) -> Any:
        return type(self.instance).objects.get(pk=self.instance.pk)
