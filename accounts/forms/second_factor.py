"""Forms of second factors, in the words of the house; what they do is the library's."""

from typing import Any

from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _


def _code(field: forms.Field, label: Any, help_text: Any = "") -> None:
    """A code is typed at once, from a phone in the other hand: digits on the keyboard, the cursor in place."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update({"inputmode": "numeric", "autofocus": True, "autocapitalize": "off"})


class AuthenticateForm(base.AuthenticateForm):
    """The second proof at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"], _("Code"))


class ReauthenticateForm(base.ReauthenticateForm):
    """The second proof once more, before keys are changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"], _("Code"))


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"], _("Code from the app"))


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    """A new passkey, which signs in alone unless somebody wishes otherwise."""

    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"),
        required=False,
        initial=True,
        help_text=_("The device must check your finger, face or PIN. Leave it off for a plain security key."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know it again: “Work laptop”, “Blue key”.")
        self.fields["name"].widget.attrs["maxlength"] = 80
