"""What the sign-in library asks about passwords and sessions: who may come in, and where they go then."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.services import sign_in, sso
from common.client_address import client_address

_SAVED = "account/messages/password_changed.txt"
_QUIET = frozenset({"account/messages/logged_in.txt", "account/messages/logged_out.txt"})
# Notices of the library that we tell; factors are told by accounts/sign_in_events.py, whichever way they change.
_NOTICES = {
    "password_changed": "password.changed",
    "password_set": "password.changed",
    "password_reset": "password.reset",
    "account_connected": "sso.connected",
    "account_disconnected": "sso.disconnected",
}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up: people are invited, or vouched for by single sign-on.

    A person has one address, `User.email`; the library's own table of addresses stays empty.
    """

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        # One answer for a wrong password and for a person whom we do not know.
        "email_password_mismatch": _("This address and this password do not belong together."),
        "enter_current_password": _("This is not your password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right, or no longer."),
        "too_many_login_attempts": _("Too many tries. Wait a few minutes and try again."),
        "rate_limited": _("Too many tries. Wait a few minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        """The second factor, and none of the steps for addresses and telephones that we do not keep."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that limits count by; callers without one (a Unix socket) share a limit."""
        return client_address(request.META, proxy_count=settings.TRUSTED_PROXY_COUNT) or "0.0.0.0"  # noqa: S104

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Home, for newcomers too: it sends contacts to the portal and people without a role to who can help."""
        return str(self.get_login_redirect_url(request))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def is_safe_url(self, url: str) -> bool:
        """Back to the host that was asked, and to no other of our names."""
        request = self.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """A flood is answered with 429 and a page, for known and unknown addresses alike."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(respond_429(request)) from None

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        sign_in.note_failed_sign_in(email=str(credentials.get("email", "")), now=timezone.now())

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: Any, **options: Any) -> HttpResponse:
        """Let the provider's claims give and take roles before anything is shown, and record who came."""
        now = timezone.now()
        if social := (options["signal_kwargs"] or {}).get("sociallogin"):
            sso.synchronize_roles(user=user, roles=sso.claimed_roles(social.account.extra_data), now=now)
        methods = [record["method"] for record in get_authentication_records(request, user)]
        sign_in.note_sign_in(user=user, method=", ".join(dict.fromkeys(methods)), now=now)
        return super().post_login(request, user, **options)

    def set_password(self, user: Any, password: str) -> None:
        """Another password ends the other sessions; who changes it stays where they are."""
        request = self.request
        is_own = request.user.is_authenticated and request.user.pk == user.pk
        keep = request.session.session_key if is_own else None
        sign_in.set_password(user=user, password=password, keep_session=keep)

    def request_password_reset(self, email: str) -> None:
        """What our form of forgotten passwords does."""
        sign_in.request_password_reset(email=email, now=timezone.now())

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        if verb := _NOTICES.get(template_prefix.rpartition("/")[2]):
            sign_in.note_security(user=user, verb=verb, now=timezone.now())

    def add_message(self, request: HttpRequest, level: int, *rest: Any, **more: Any) -> None:
        """Coming and going show by themselves, and so does the page that follows a forgotten password."""
        template = rest[0] if rest else ""
        if template in _QUIET or (template == _SAVED and not request.user.is_authenticated):
            return
        super().add_message(request, level, *rest, **more)
