"""Sign-in and security: every way in on one page, and passkeys."""

from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import ListWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from accounts.policies import actor_of
from accounts.selectors.security import passkey_of, security_overview
from accounts.services.second_factor import is_second_factor_due, is_second_factor_required


def security_index(request: HttpRequest) -> HttpResponse:
    """All ways in; where a second factor is due, its set-up stands first."""
    user = get_object_or_404(User, pk=actor_of(request).user_id)
    context = {
        "ways": security_overview(user),
        "is_due": is_second_factor_due(user),
        "is_required": is_second_factor_required(user),
        "now": timezone.now(),
    }
    return render(request, "mfa/index.html", context)


class AppActivateView(ActivateTOTPView):
    """Add an authenticator app, and say so on the page that follows."""

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        # The library speaks after the commit, when the answer with its messages has been made.
        get_account_adapter().add_message(self.request, messages.SUCCESS, "mfa/messages/totp_activated.txt")
        return answer


class PasskeyListView(ListWebAuthnView):
    """One's passkeys, as plain values."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        passkeys = [passkey_of(row) for row in context["authenticators"]]
        return {**context, "passkeys": passkeys, "now": timezone.now()}


class PasskeyRemoveView(RemoveWebAuthnView):
    """Remove a passkey, but the last second factor of somebody who must have one."""

    def form_valid(self, form: Any) -> HttpResponse:
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_list_webauthn")
        answer: HttpResponse = super().form_valid(form)
        return answer


app_activate = AppActivateView.as_view()
passkey_list = PasskeyListView.as_view()
passkey_remove = PasskeyRemoveView.as_view()
