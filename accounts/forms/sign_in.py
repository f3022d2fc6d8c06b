"""Forms of signing in, in the words and the layout of the house."""

from typing import Any

from allauth.account import forms as account_forms
from django.utils.translation import gettext_lazy as _


class LoginForm(account_forms.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("E-mail address"), _("Password")
        # "webauthn" lets browsers offer a passkey right in the field.
        login.widget.attrs.update({"autocomplete": "username webauthn", "autofocus": True})
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)
        password.help_text = ""
