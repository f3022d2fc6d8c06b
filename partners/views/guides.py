"""The documentation hub: find a guide, read it, keep it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from partners import guide_policy
from partners.forms.guides import KeeperForm
from partners.selectors import guides as reading
from partners.services import guides
from partners.views.pages import attempt, run

_MAX_TEXT = 100


@require_safe
@staff_page
def guide_list(request: HttpRequest) -> HttpResponse:
    """Guides by stage, phase and role, searched."""
    actor, now = actor_of(request), timezone.now()
    policy = guide_policy.policy_in_force()
    choices = reading.choices(policy)
    asked = {name: request.GET.get(name, "") for name in ("kind", *choices)}
    wanted = reading.GuideFilter(
        text=request.GET.get("q", "")[:_MAX_TEXT],
        kind=asked["kind"] if asked["kind"] in ("partner", "customer") else "",
        is_late=request.GET.get("late") == "1",
        **{name: asked[name] if asked[name] in dict(known) else "" for name, known in choices.items()},
    )
    sections = reading.hub(actor, policy, wanted, now=now)
    is_narrowed = wanted != reading.GuideFilter()
    context = {"sections": sections, "wanted": wanted, "choices": choices, "is_narrowed": is_narrowed}
    return render(request, "partners/guide_list.html", context)


@require_safe
@staff_page
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """One guide, with who keeps it and when it was last looked over."""
    return _render(request, key)


@require_POST
@staff_page
def guide_reviewed(request: HttpRequest, key: str) -> HttpResponse:
    """It was looked over and still holds."""
    run(request, guides.mark_reviewed, done=_("Looked over."), by=actor_of(request), key=key, now=timezone.now())
    return redirect("partners:guide", key)


@require_POST
@staff_page
def guide_keeper(request: HttpRequest, key: str) -> HttpResponse:
    """Who keeps it from now on."""
    actor = actor_of(request)
    form = KeeperForm(request.POST, actor=actor)
    if form.is_valid():
        owner = form.cleaned_data["owner"]
        if attempt(form, guides.assign, by=actor, key=key, owner=owner, now=timezone.now()) is not None:
            messages.success(request, _("Saved."))
            return redirect("partners:guide", key)
    return _render(request, key, form=form)


def _render(request: HttpRequest, key: str, form: KeeperForm | None = None) -> HttpResponse:
    actor = actor_of(request)
    shown = reading.article(actor, key, now=timezone.now())
    if shown is None:
        raise Http404
    may_keep = guides.can_keep(actor, shown.guide, shown.article)
    owner = shown.guide.owner if shown.guide else None
    form = form or KeeperForm(actor=actor, initial={"owner": owner})
    context = {"shown": shown, "may_keep": may_keep, "form": form}
    return render(request, "partners/guide.html", context, status=422 if form.errors else 200)
