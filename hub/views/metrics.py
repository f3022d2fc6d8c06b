"""/metrics, for the monitoring of whoever runs the hub."""

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from accounts.api.authentication import bearer_token
from accounts.policies import public_page
from hub.metrics import exposition


@public_page
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Behind METRICS_TOKEN; without one the page is there on a machine of one's own only (`manage.py up`)."""
    wanted = settings.METRICS_TOKEN
    if not wanted and settings.ENVIRONMENT != "dev":
        raise Http404
    if wanted and not hmac.compare_digest((bearer_token(request) or "").encode(), wanted.encode()):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    answer = HttpResponse(exposition(now=timezone.now()), content_type=CONTENT_TYPE_LATEST)
    answer["Cache-Control"] = "no-store"
    return answer
