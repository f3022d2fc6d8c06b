"""Recommendations: proposing, agreeing, finishing with the effect, declining."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from common.sent_once import once
from partners.forms.enablement import AgreeForm, EffectForm, ReasonForm, RecommendationForm, Sheet
from partners.models import Recommendation
from partners.services import recommendations
from partners.views.enablement import ADVICE, Form, fill_in, part_url, press, row_or_404
from partners.views.pages import open_page_or_404, run


@staff_page
@once
def recommendation_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Advise something of one's own."""
    page = open_page_or_404(request, public_id)
    form = RecommendationForm(request.POST or None, actor=page.actor)
    about = Form(part=ADVICE, title=_("Recommend something"), done=_("Proposed."), use_case=recommendations.propose)
    return fill_in(request, page, form, about, organization=page.organization)


@require_POST
@staff_page
def practice_propose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Advise a best practice of the policy."""
    page = open_page_or_404(request, public_id)
    sent: dict[str, Any] = {"organization": page.organization, "practice": request.POST.get("practice", "")[:40]}
    run(request, recommendations.propose_practice, done=_("Proposed."), by=page.actor, now=page.now, **sent)
    return redirect(part_url(ADVICE, public_id))


@staff_page
def recommendation_edit(request: HttpRequest, recommendation_id: UUID) -> HttpResponse:
    """Change an open one."""
    found = row_or_404(request, Recommendation, recommendation_id, "owner")
    page = open_page_or_404(request, found.organization.public_id)
    form = RecommendationForm(request.POST or None, actor=page.actor, row=found)
    about = Form(part=ADVICE, title=_("Edit the recommendation"), done=_("Saved."), use_case=recommendations.edit)
    return fill_in(request, page, form, about, recommendation=found)


def _move(
    request: HttpRequest, recommendation_id: UUID, kind: type[Sheet], title: str, use_case: Callable[..., Any]
) -> HttpResponse:
    found = row_or_404(request, Recommendation, recommendation_id)
    page = open_page_or_404(request, found.organization.public_id)
    form = kind(request.POST or None, initial={"version": found.version, "due_on": found.due_on})
    about = Form(part=ADVICE, title=title % {"title": found.title}, done=_("Saved."), use_case=use_case)
    return fill_in(request, page, form, about, recommendation=found)


@staff_page
def recommendation_agree(request: HttpRequest, recommendation_id: UUID) -> HttpResponse:
    """They want it."""
    return _move(request, recommendation_id, AgreeForm, _("Agreed: %(title)s"), recommendations.agree)


@staff_page
def recommendation_finish(request: HttpRequest, recommendation_id: UUID) -> HttpResponse:
    """It is done."""
    return _move(request, recommendation_id, EffectForm, _("Done: %(title)s"), recommendations.finish)


@staff_page
def recommendation_decline(request: HttpRequest, recommendation_id: UUID) -> HttpResponse:
    """They do not want it."""
    return _move(request, recommendation_id, ReasonForm, _("Declined: %(title)s"), recommendations.decline)


@require_POST
@staff_page
def recommendation_reopen(request: HttpRequest, recommendation_id: UUID) -> HttpResponse:
    """Undo of the three above."""
    found = row_or_404(request, Recommendation, recommendation_id)
    done = _("It is proposed again.")
    return press(request, found, ADVICE, recommendations.reopen, done=done, recommendation=found)
