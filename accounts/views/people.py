"""Pages of colleagues for those who manage them: list, person, invitations."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.forms.people import InviteForm, MembershipForm, PeopleFilter, RolesForm
from accounts.models import Invitation, Team, User
from accounts.policies import actor_of, capability_required
from accounts.selectors.people import open_invitations, people_page, person_file
from accounts.services import invitations, people
from accounts.services.second_factor import reset_second_factor
from common.attempts import attempt
from common.errors import DomainError
from common.listing import ListQuery, pager
from common.sent_once import once

_MANAGE = capability_required("manage_people")


def _person_or_404(request: HttpRequest, public_id: UUID) -> User:
    found: User = get_object_or_404(User.objects.visible_to(actor_of(request)).staff(), public_id=public_id)
    return found


@_MANAGE
def people_list(request: HttpRequest) -> HttpResponse:
    """Colleagues by name with their roles, and invitations that are open."""
    actor, now = actor_of(request), timezone.now()
    filters = PeopleFilter(request.GET)
    chosen = filters.chosen()
    page = people_page(actor, **chosen, cursor=request.GET.get("cursor", ""))
    query = ListQuery.of(request.GET, ("q", "role", "state"))
    context = {
        "filters": filters,
        "is_filtered": any(chosen.values()),
        "rows": page.rows,
        "pager": pager(page, query, request.path),
        "invitations": open_invitations(actor, now=now),
        "now": now,
    }
    return render(request, "accounts/people_list.html", context)


@_MANAGE
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One colleague: roles, teams, ways in, what hangs on them."""
    actor, now = actor_of(request), timezone.now()
    file = person_file(actor, public_id, now=now)
    if file is None:
        raise Http404
    found = file.person
    context = {
        "person": found,
        "file": file,
        "roles_form": RolesForm(initial={"roles": sorted(found.current_roles())}),
        "team_form": MembershipForm(actor=actor),
        "holds": people.holds_of(found),
        "is_self": found.pk == actor.user_id,
        "now": now,
    }
    return render(request, "accounts/person.html", context)


@_MANAGE
@require_POST
def person_roles(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set the roles of a colleague."""
    found, form = _person_or_404(request, public_id), RolesForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such role."))
        return redirect("accounts:person", public_id)
    try:
        people.set_roles(
            user=found, roles=frozenset(form.cleaned_data["roles"]), by=actor_of(request), now=timezone.now()
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Roles saved. They hold from the next click on."))
    return redirect("accounts:person", public_id)


@_MANAGE
@require_POST
def person_team(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a colleague into a team or change whether they lead it; `end` holds the id of a team they leave."""
    found, by, now = _person_or_404(request, public_id), actor_of(request), timezone.now()
    if "end" in request.POST:
        people.end_membership(team=_team_or_404(request, request.POST["end"]), user=found, by=by, now=now)
        messages.success(request, _("%(name)s has left the team.") % {"name": found.name})
        return redirect("accounts:person", public_id)
    form = MembershipForm(request.POST, actor=by)
    if not form.is_valid():
        messages.error(request, _("Choose one of the teams."))
        return redirect("accounts:person", public_id)
    chosen = form.cleaned_data
    people.add_member(team=chosen["team"], user=found, is_lead=chosen["is_lead"], by=by, now=now)
    messages.success(request, _("Saved. Who leads the team sees what its members see."))
    return redirect("accounts:person", public_id)


def _team_or_404(request: HttpRequest, public_id: str) -> Team:
    try:
        found: Team = get_object_or_404(Team.objects.visible_to(actor_of(request)), public_id=UUID(public_id))
    except ValueError:
        raise Http404 from None
    return found


@_MANAGE
@require_POST
def person_active(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Deactivate a colleague or let them in again, as `active` says."""
    found, by, now = _person_or_404(request, public_id), actor_of(request), timezone.now()
    try:
        if request.POST.get("active") == "yes":
            people.activate(user=found, by=by, now=now)
            text = _("%(name)s can sign in again.")
        else:
            people.deactivate(user=found, by=by, now=now, confirm_holds="confirm_holds" in request.POST)
            text = _("%(name)s can no longer sign in; sessions and tokens have ended.")
        messages.success(request, text % {"name": found.name})
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("accounts:person", public_id)


@_MANAGE
@require_POST
def person_sign_out(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sign a colleague out everywhere."""
    found = _person_or_404(request, public_id)
    ended = people.end_all_sessions(user=found, by=actor_of(request), now=timezone.now())
    text = ngettext("%(count)s session ended.", "%(count)s sessions ended.", ended) % {"count": ended}
    messages.success(request, text)
    return redirect("accounts:person", public_id)


@_MANAGE
@require_POST
def person_factor_reset(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the second factors of somebody who has lost them."""
    found = _person_or_404(request, public_id)
    reset_second_factor(user=found, by=actor_of(request), now=timezone.now())
    messages.success(
        request, _("%(name)s signs in with the password alone until a new one is set up.") % {"name": found}
    )
    return redirect("accounts:person", public_id)


@_MANAGE
@once
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague by a link that works once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        sent = attempt(form, invitations.invite, by=actor_of(request), now=timezone.now(), **data)
        if sent is not None:
            messages.success(request, _("Invitation sent to %(email)s.") % {"email": data["email"]})
            return redirect("accounts:people")
    return render(request, "accounts/invite.html", {"form": form}, status=400 if form.errors else 200)


@_MANAGE
@require_POST
def invitation_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send an invitation again, or take it back."""
    by = actor_of(request)
    found = get_object_or_404(Invitation.objects.visible_to(by), public_id=public_id)
    try:
        if "revoke" in request.POST:
            invitations.revoke(invitation=found, by=by, now=timezone.now())
            messages.success(request, _("Invitation taken back."))
        else:
            invitations.resend(invitation=found, by=by, now=timezone.now())
            messages.success(request, _("Sent again; the earlier link no longer works."))
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("accounts:people")
