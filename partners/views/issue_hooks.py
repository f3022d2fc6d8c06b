"""The addresses that GitHub and GitLab call when an issue changes: what feedback follows it is told."""

import json

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.policies import public_page
from partners.feedback_choices import IssueProvider
from partners.rules.issue_news import is_signed, read_news
from partners.services.feedback import hear_issue

MOST_BYTES = 1024 * 1024


@csrf_exempt
@require_POST
@public_page
def issue_hook(request: HttpRequest, provider: str) -> JsonResponse:
    """Hear of an issue; the same once more, or older, is no news. Without the secret it answers as if it were not."""
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"code": "too_large"}, status=413)
    is_ours = provider in IssueProvider.values
    if not is_ours or not is_signed(provider, request.headers, request.body, settings.ISSUE_HOOK_SECRET):
        return JsonResponse({"code": "missing"}, status=404)
    try:
        news = read_news(provider, json.loads(request.body))
    except (ValueError, RecursionError):
        return JsonResponse({"code": "no_json"}, status=400)
    if news is None:
        return JsonResponse({"heard": False})
    heard = hear_issue(
        provider=news.provider, repository=news.repository, number=news.number, state=news.state, now=news.at
    )
    return JsonResponse({"heard": heard})
