"""Forms of signing in, in the words of the house; what they do is the library's."""

from typing import Any

from allauth.account import forms as library
from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

_NEW_PASSWORD = _("At least 12 characters. A few words that nobody else puts together are best.")


def _word(field: forms.Field, label: Any, help_text: Any = "") -> None:
    """Name a field; the library repeats labels as placeholders, which vanish while one types."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


def _ask_once(form: forms.Form, label: Any) -> None:
    """One field for a new password: who mistypes it can have another by mail."""
    del form.fields["password2"]
    _word(form.fields["password1"], label, _NEW_PASSWORD)


class LoginForm(library.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], _("E-mail address"))
        _word(self.fields["password"], _("Password"))
        self.fields["login"].widget.attrs.update({"autocomplete": "username", "autofocus": True})


class ReauthenticateForm(library.ReauthenticateForm):
    """The password once more, before keys are changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], _("Password"))
        self.fields["password"].widget.attrs["autofocus"] = True


class ChangePasswordForm(library.ChangePasswordForm):
    """Another password instead of the present one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["oldpassword"], _("Present password"))
        _ask_once(self, _("New password"))


class SetPasswordForm(library.SetPasswordForm):
    """A password for somebody who has none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_once(self, _("Password"))


class ResetPasswordForm(forms.Form):
    """Whom to send a link. Known and unknown addresses take the same way."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )

    def save(self, request: Any, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        get_adapter().request_password_reset(email)
        return email


class ResetPasswordKeyForm(library.ResetPasswordKeyForm):
    """Another password by a link from a mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_once(self, _("New password"))
