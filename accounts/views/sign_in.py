"""Pages of signing in with a password: the library's, with the answers and the surroundings of this house."""

from typing import Any

from allauth.account import views as library
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from accounts.models import User
from accounts.policies import public_page, signed_in_page
from accounts.services import sso


class _Plain:
    """A form that does not hold answers 400, and no page answers in the library's JSON."""

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        answer.status_code = 400
        return answer


class LoginView(_Plain, library.LoginView):
    """E-mail and password, a passkey, or the single sign-on of the settings."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo_password = settings.DEMO_PASSWORD if settings.ENVIRONMENT == "dev" else ""
        return {
            **super().get_context_data(**kwargs),
            "sso_apps": get_social_adapter().list_apps(self.request),
            "demo_password": demo_password,
        }


class ReauthenticateView(_Plain, library.ReauthenticateView):
    """The password once more."""


class PasswordChangeView(_Plain, library.PasswordChangeView):
    """Another password; the other sessions end."""


class PasswordSetView(_Plain, library.PasswordSetView):
    """A first password, for people who have none; not for those whom single sign-on lets in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if isinstance(request.user, User) and sso.comes_by_sso_only(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class PasswordResetView(_Plain, library.PasswordResetView):
    """Ask for a link by mail."""


class PasswordResetFromKeyView(_Plain, library.PasswordResetFromKeyView):
    """Choose another password by the link."""


login = public_page(LoginView.as_view())
logout = public_page(never_cache(library.logout))
inactive = public_page(library.account_inactive)
reauthenticate = signed_in_page(never_cache(ReauthenticateView.as_view()))
password_change = signed_in_page(never_cache(PasswordChangeView.as_view()))
password_set = signed_in_page(never_cache(PasswordSetView.as_view()))
password_reset = public_page(never_cache(PasswordResetView.as_view()))
password_reset_done = public_page(library.password_reset_done)
password_reset_from_key = public_page(never_cache(PasswordResetFromKeyView.as_view()))
password_reset_from_key_done = public_page(library.password_reset_from_key_done)


@public_page
def closed(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """What the library offers and we do not: signing up, several addresses, codes by mail."""
    raise Http404
