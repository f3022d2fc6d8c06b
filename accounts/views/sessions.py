"""Where a person is signed in: the list, and ending one session or all others."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.policies import actor_of, signed_in_page
from accounts.services import sessions
from common.errors import Missing


@signed_in_page
@never_cache
def session_list(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; a POST ends all other sessions."""
    user, now = get_object_or_404(User, pk=actor_of(request).user_id), timezone.now()
    here = request.session.session_key
    if request.method == "POST":
        ended = sessions.end_others(user=user, keep_session=here, now=now)
        text = ngettext("%(count)s other session ended.", "%(count)s other sessions ended.", ended)
        messages.success(request, text % {"count": ended})
        return redirect("usersessions_list")
    rows = sessions.sessions_of(user=user, current_session=here, now=now)
    return render(request, "usersessions/usersession_list.html", {"sessions": rows, "now": now})


@signed_in_page
@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's sessions. Those of others are as missing as those that never were."""
    user = get_object_or_404(User, pk=actor_of(request).user_id)
    try:
        sessions.end_session(user=user, session_id=session_id, now=timezone.now())
    except Missing:
        raise Http404 from None
    messages.success(request, _("The session has ended."))
    return redirect("usersessions_list")
