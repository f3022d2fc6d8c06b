"""Single sign-on: off to the provider, and back."""

import logging
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from requests import RequestException

from accounts.oidc import StrictOpenIDConnectAdapter
from accounts.policies import public_page

logger = logging.getLogger(__name__)


def _provider(request: HttpRequest, provider_id: str) -> Any:
    try:
        return get_adapter(request).get_provider(request, provider_id)
    except SocialApp.DoesNotExist:
        raise Http404 from None


@public_page
@never_cache
def sso_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider, by a page of its own: our forms may lead to no other host."""
    provider = _provider(request, provider_id)
    if request.method != "POST":
        return redirect("account_login")
    back = request.POST.get("next", "")
    next_url = back if back and account_adapter(request).is_safe_url(back) else None
    try:
        answer = provider.redirect(request, AuthProcess.LOGIN, next_url=next_url)
    except (RequestException, KeyError, ValueError) as error:
        return _failed(request, provider, error)
    if answer.status_code != 302:
        return answer
    return render(request, "socialaccount/leaving.html", {"url": answer["Location"], "provider": provider})


@public_page
@never_cache
def sso_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The browser comes back with a code: exchange it, check what comes, and let the person in."""
    provider = _provider(request, provider_id)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(StrictOpenIDConnectAdapter(request, provider_id))(
            request
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return _failed(request, provider, error)
    return answer


def _failed(request: HttpRequest, provider: Any, error: Exception) -> HttpResponse:
    """A provider that does not answer, or answers nonsense, is told plainly; the rest stands in the log."""
    logger.error("single sign-on failed", extra={"error": type(error).__name__}, exc_info=error)
    return render_authentication_error(request, provider, exception=error)


@public_page
def sso_error(request: HttpRequest) -> HttpResponse:
    """It did not work, without more to say."""
    return render(request, "socialaccount/authentication_error.html", status=401)


@public_page
def sso_cancelled(request: HttpRequest) -> HttpResponse:
    """Somebody turned around at the provider's page."""
    return render(request, "socialaccount/login_cancelled.html")
