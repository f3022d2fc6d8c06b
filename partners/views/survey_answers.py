"""What contacts see of a survey: the page behind the links of a mail. Nobody signs in for it.

Opening it answers nothing, whatever the address says: mail scanners and previews open every link (ADR 0025). The page
sends itself where a person looks at it, and has a button where no script runs.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.policies import public_page
from common.errors import DomainError
from partners.forms.surveys import AnswerForm
from partners.rules.nps import nps_score_of
from partners.rules.surveys import score_of
from partners.selectors.survey_rows import OpenSurvey, by_link
from partners.services.survey_answers import answer_by_link, comment_by_link, stop_by_link
from partners.survey_choices import SurveyKind
from partners.survey_links import score_words


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public_page
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """One question with five answers, or eleven of a campaign, and afterwards a place for words."""
    now = timezone.now()
    found = by_link(token, now=now)
    if found is None or found.is_over:
        return _ended(request, found)
    form = AnswerForm(request.POST or None, initial={"comment": found.comment})
    if request.method == "POST" and form.is_valid() and _answered(request, form, token):
        return redirect("partners:survey", token)
    return _page(request, found, form)


def _answered(request: HttpRequest, form: AnswerForm, token: str) -> bool:
    """Take the answer, or the words to it; what is refused goes to the form."""
    now, sent = timezone.now(), form.cleaned_data
    try:
        if "score" in request.POST:
            answer_by_link(token=token, score=sent["score"], now=now)
        if "comment" in request.POST:
            comment_by_link(token=token, comment=sent["comment"], now=now)
            messages.success(request, _("Thank you. We have your words."))
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    return True


def _page(request: HttpRequest, found: OpenSurvey, form: AnswerForm) -> HttpResponse:
    kind = found.request.kind
    is_nps = kind == SurveyKind.NPS
    chosen = (nps_score_of if is_nps else score_of)(request.GET.get("score"))
    words = score_words(kind)
    context: dict[str, Any] = {
        "survey": found,
        "form": form,
        "scale": [{"score": score, "label": words[score], "is_given": score == found.score} for score in words],
        "chosen": chosen if chosen != found.score else None,
        "has_chosen": chosen is not None and chosen != found.score,
        "is_answered": found.score is not None,
        "is_nps": is_nps,
        "most": max(words),
        "chosen_word": words.get(chosen, "") if chosen is not None else "",
        "given_word": words.get(found.score, "") if found.score is not None else "",
    }
    return render(request, "partners/survey.html", context, status=422 if form.errors else 200)


def _ended(request: HttpRequest, found: OpenSurvey | None) -> HttpResponse:
    return render(request, "partners/survey_ended.html", {"survey": found}, status=410 if found else 404)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@public_page
def survey_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Not to be asked any more. Opening it changes nothing, as with an answer."""
    found = by_link(token, now=timezone.now())
    if found is None:
        return _ended(request, None)
    if request.method == "POST":
        stop_by_link(token=token, now=timezone.now())
    return render(request, "partners/survey_stop.html", {"survey": found, "is_done": request.method == "POST"})
