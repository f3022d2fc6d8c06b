"""A person's own pages: profile, API tokens, the page of those without a role, and accepting an invitation."""

from datetime import datetime, time
from functools import partial
from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.forms.people import AcceptForm, ProfileForm, TokenForm
from accounts.labels import role_label
from accounts.models import ApiToken, User
from accounts.policies import actor_of, public_page, signed_in_page, staff_page
from accounts.services import invitations, people, tokens
from common.errors import DomainError
from common.sent_once import made, once

_SHOWN_ONCE = gettext_lazy(
    "This token was made already. Its secret was shown once: if you have not copied it, end the token and make another."
)


@signed_in_page
def profile(request: HttpRequest) -> HttpResponse:
    """Name, time zone, language; the roles one holds."""
    user = get_object_or_404(User, pk=actor_of(request).user_id)
    initial = {name: getattr(user, name) for name in ("name", "job_title", "timezone", "language")}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        people.edit_profile(user=user, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Profile saved."))
        return redirect("accounts:profile")
    actor = actor_of(request)
    roles = ", ".join(role_label(role) for role in sorted(actor.active_roles))
    context = {"form": form, "roles": roles, "has_tokens": bool(actor.active_roles)}
    return render(request, "accounts/profile.html", context, status=400 if form.errors else 200)


@staff_page
@never_cache
@partial(once, said=_SHOWN_ONCE)
def token_list(request: HttpRequest) -> HttpResponse:
    """One's API tokens; a new one is shown once."""
    actor, secret = actor_of(request), ""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        ends = timezone.make_aware(datetime.combine(data["expires_on"], time.max))
        try:
            _token, secret = tokens.create_token(
                user=User.objects.get(pk=actor.user_id),
                name=data["name"],
                scope=data["scope"],
                expires_at=ends,
                now=timezone.now(),
            )
        except DomainError:
            form.add_error("expires_on", _("Choose a day within the next 366 days."))
        else:
            made(request, at=reverse("accounts:tokens"))
            form = TokenForm()
    found = ApiToken.objects.visible_to(actor).filter(revoked_at__isnull=True)
    context = {"form": form, "tokens": found, "secret": secret, "now": timezone.now()}
    return render(request, "accounts/token_list.html", context, status=400 if form.errors else 200)


@staff_page
@require_POST
def token_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one of one's tokens; the next call with it is refused."""
    actor = actor_of(request)
    found = get_object_or_404(ApiToken.objects.visible_to(actor), public_id=public_id)
    tokens.revoke_token(token=found, by=User.objects.get(pk=actor.user_id), now=timezone.now())
    messages.success(request, _("The token has ended."))
    return redirect("accounts:tokens")


@signed_in_page
def no_role(request: HttpRequest) -> HttpResponse:
    """Says that nothing is open to one yet, and whom to ask."""
    actor = actor_of(request)
    if actor.active_roles or actor.organization_id is not None:
        return redirect("hub:home")
    admins = User.objects.active().holding("admin").order_by("name_sort")[:10] if actor.is_staff else ()
    return render(request, "accounts/no_role.html", {"admins": admins})


@public_page
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation: the link works once. A link that does not hold says the same whatever the reason."""
    now = timezone.now()
    found = invitations.find(token=token, now=now)
    if found is None:
        return render(request, "accounts/invitation_ended.html", status=404)
    form = AcceptForm(request.POST or None, initial={"name": found.name, "timezone": "UTC"})
    if request.method == "POST" and form.is_valid():
        try:
            user = invitations.accept(token=token, now=now, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            record_authentication(request, user, method="invitation")
            return perform_login(request, Login(user=user))
    context = {"form": form, "invitation": found}
    return render(request, "accounts/invitation.html", context, status=400 if form.errors else 200)
