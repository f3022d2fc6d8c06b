"""Pages of colleagues for those who manage them: list, person, invitations."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.people import InviteForm, MembershipForm, RolesForm
from accounts.labels import role_label
from accounts.models import Invitation, Team, User
from accounts.policies import actor_of, capability_required
from accounts.services import invitations, people
from common.errors import DomainError
from common.pagination import Order, Page, SortKey, paginate

_MANAGE = capability_required("manage_people")
_BY_NAME = Order((SortKey(name="name_sort"),))


def _ends(page: Page) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("previous_url", page.previous), ("next_url", page.next)


def _person_or_404(request: HttpRequest, public_id: UUID) -> User:
    found: User = get_object_or_404(User.objects.visible_to(actor_of(request)).staff(), public_id=public_id)
    return found


@_MANAGE
def people_list(request: HttpRequest) -> HttpResponse:
    """Colleagues by name with their roles, and invitations that are open."""
    found = User.objects.visible_to(actor_of(request)).staff().with_roles()
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    if text:
        found = found.matching(text)
    page = paginate(found, _BY_NAME, cursor=request.GET.get("cursor", ""), size=50)
    rows = [{"person": one, "roles": [role_label(role) for role in sorted(one.role_names)]} for one in page.rows]
    open_ones = Invitation.objects.visible_to(actor_of(request)).filter(
        accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=timezone.now()
    )
    pager = {name: f"?{urlencode({'q': text, 'cursor': at})}" if at else "" for name, at in _ends(page)}
    context = {"pager": pager, "rows": rows, "text": text, "invitations": open_ones[:50]}
    return render(request, "accounts/people_list.html", context)


@_MANAGE
def person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One colleague: roles, teams, what hangs on them."""
    found = _person_or_404(request, public_id)
    held = sorted(found.current_roles())
    context = {
        "person": found,
        "roles_form": RolesForm(initial={"roles": held}),
        "team_form": MembershipForm(actor=actor_of(request)),
        "memberships": found.memberships.filter(ended_at__isnull=True).select_related("team"),
        "holds": people.holds_of(found),
        "is_self": found.pk == actor_of(request).user_id,
    }
    return render(request, "accounts/person.html", context)


@_MANAGE
@require_POST
def person_roles(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Set the roles of a colleague."""
    found, form = _person_or_404(request, public_id), RolesForm(request.POST)
    if form.is_valid():
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
    """Put a colleague into a team, or out of one (`end` holds the team's id)."""
    found, by, now = _person_or_404(request, public_id), actor_of(request), timezone.now()
    if ending := request.POST.get("end"):
        team = get_object_or_404(Team.objects.visible_to(by), public_id=UUID(ending))
        people.end_membership(team=team, user=found, by=by, now=now)
        return redirect("accounts:person", public_id)
    form = MembershipForm(request.POST, actor=by)
    if form.is_valid():
        people.add_member(
            team=form.cleaned_data["team"], user=found, is_lead=form.cleaned_data["is_lead"], by=by, now=now
        )
    return redirect("accounts:person", public_id)


@_MANAGE
@require_POST
def person_active(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Deactivate a colleague or let them in again."""
    found, by, now = _person_or_404(request, public_id), actor_of(request), timezone.now()
    try:
        if found.is_active:
            people.deactivate(user=found, by=by, now=now)
            messages.success(
                request, _("%(name)s can no longer sign in; sessions and tokens have ended.") % {"name": found}
            )
        else:
            people.activate(user=found, by=by, now=now)
            messages.success(request, _("%(name)s can sign in again.") % {"name": found})
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("accounts:person", public_id)


@_MANAGE
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague by a link that works once."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            invitations.invite(
                by=actor_of(request), email=data["email"], name=data["name"], roles=data["roles"], now=timezone.now()
            )
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
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
