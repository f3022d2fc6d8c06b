"""What the sign-in library asks about single sign-on: whom a provider may vouch for (roles-and-access.md)."""

from itertools import chain
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, _build_apps_from_settings
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.oidc import StrictOpenIDConnectAdapter
from accounts.services import sso


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """OpenID Connect. Whoever the provider vouches for may come in; a role comes by a mapped claim, or from us."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """The provider of the settings and no other: nobody adds one by a row in the database."""
        return list(chain(*_build_apps_from_settings(provider=provider, client_id=client_id).values()))

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        found = super().get_provider(request, provider, client_id)
        found.oauth2_adapter_class = StrictOpenIDConnectAdapter
        return found

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return True

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie a newcomer to the person of ours whose address the provider confirms.

        An address that is not confirmed could be anybody's: it is refused, whether we know it or not.
        """
        if sociallogin.is_existing:
            return
        confirmed = next((address.email.lower() for address in sociallogin.email_addresses if _holds(address)), "")
        if not confirmed:
            raise ImmediateHttpResponse(render(request, "socialaccount/address_unconfirmed.html", status=403))
        known = User.objects.filter(email=confirmed).first()
        if known is None:
            sociallogin.user.email = confirmed
        elif known.is_active:
            sociallogin.connect(request, known)
        else:
            raise ImmediateHttpResponse(redirect("account_inactive"))

    def authenticate_by_email(self, sociallogin: SocialLogin) -> tuple[Any, str] | None:
        """Never by the library's table of addresses: a person has one, `User.email`."""
        return None

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> Any:
        user = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        name = data.get("name") or " ".join(part for part in parts if part) or user.email.partition("@")[0]
        user.name = " ".join(str(name).split())[:150]
        return user

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Any:
        """A newcomer, with no role of their own."""
        sso.join(user=sociallogin.user, account=sociallogin.account, now=timezone.now())
        return sociallogin.user

    def get_connect_redirect_url(self, request: HttpRequest, socialaccount: Any) -> str:
        return reverse("mfa_index")


def _holds(address: Any) -> bool:
    """Whether the provider says that the address is confirmed; some say it in a text, where "false" is true too."""
    return address.verified in (True, "true")
