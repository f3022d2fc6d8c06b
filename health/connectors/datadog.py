"""The address that monitors of Datadog call: the token in it says which hook it is (docs/importing.md)."""

import json

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.policies import public_page
from common.errors import DomainError
from health.rules.datadog import NoAlert, read
from health.services.alert_hooks import hear, hook_of

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
@public_page
def datadog(request: HttpRequest, token: str) -> JsonResponse:
    """Hear an alert; the same one again is no news. What is no alert is told what was expected."""
    hook = hook_of(token)
    if hook is None:
        return JsonResponse({"code": "missing"}, status=404)
    if len(request.body) > MOST_BYTES:
        return JsonResponse({"code": "too_large"}, status=413)
    try:
        alert = read(json.loads(request.body))
        call = hear(hook=hook, alert=alert, now=timezone.now())
    except NoAlert as error:
        return JsonResponse({"code": "no_alert", "detail": str(error)}, status=400)
    except (ValueError, RecursionError):
        return JsonResponse({"code": "no_json"}, status=400)
    except DomainError as error:
        return JsonResponse({"code": error.code, "detail": error.message}, status=error.status)
    return JsonResponse({"heard": call is not None, "came_to": call.came_to if call else ""})
