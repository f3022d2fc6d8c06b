"""How allauth behaves in this house: nobody signs themselves up, and one page decides where a person starts."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """E-mail and password. Accounts come from invitations and single sign-on, never from a form."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        # One answer for a wrong password and for a person we do not know.
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The start page, which sends contacts to the portal and people without a role to whom they can ask."""
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def is_safe_url(self, url: str) -> bool:
        """Only back to the host that was asked: the other names of the house are not this browser's business."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()} if request else None, require_https=bool(request.is_secure())
        )

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in and out say themselves that they worked; other messages are shown."""
        if str(kwargs.get("message_template") or (args[2] if len(args) > 2 else "")) in _QUIET:
            return
        super().add_message(*args, **kwargs)


_QUIET = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Single sign-on with OpenID Connect."""


class MfaAdapter(DefaultMFAAdapter):
    """Second factors and passkeys."""
