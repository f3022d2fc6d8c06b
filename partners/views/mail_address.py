"""The address at which mail about an organization is logged: made, renewed, ended."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import staff_page
from partners.services import mail_in
from partners.views.interactions import page_with_right, timeline_of
from partners.views.pages import run


@require_POST
@staff_page
def mail_address_renew(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new address; the one before ends."""
    page = page_with_right(request, public_id)
    done = _("It has a new address; mail to the one before is dropped.")
    run(request, mail_in.renew, done=done, by=page.actor, organization=page.organization, now=page.now)
    return redirect(timeline_of(page))


@require_POST
@staff_page
def mail_address_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mail is not logged any more."""
    page = page_with_right(request, public_id)
    done = _("Its address is ended; mail to it is dropped.")
    run(request, mail_in.revoke, done=done, by=page.actor, organization=page.organization, now=page.now)
    return redirect(timeline_of(page))
