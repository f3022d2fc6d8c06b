"""Wins, requests for a reference, and the list of all who serve as one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, capability_required, staff_page
from accounts.views.list_files import list_file
from common.listing import ListQuery, hidden_pairs
from common.sent_once import once
from partners.exported.growth import reference_filter
from partners.forms.references import KEYS, AskForm, ReferenceFilterForm, SettleForm, WinForm
from partners.models import ReferenceRequest, Win
from partners.selectors.references import reference_page
from partners.services import references, wins
from partners.services.checklists import local_day
from partners.views.enablement import WINS, Form, fill_in, press, row_or_404
from partners.views.pages import open_page_or_404


@staff_page
@once
def win_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a win down."""
    page = open_page_or_404(request, public_id)
    today = {"achieved_on": local_day(page.organization, page.now)}
    form = WinForm(request.POST or None, actor=page.actor, organization=page.organization, initial=today)
    about = Form(part=WINS, title=_("Write a win down"), done=_("The win is written down."), use_case=wins.add)
    return fill_in(request, page, form, about, organization=page.organization)


@staff_page
def win_edit(request: HttpRequest, win_id: UUID) -> HttpResponse:
    """Change what is said of it, or who may hear it."""
    found = row_or_404(request, Win, win_id, "contact")
    page = open_page_or_404(request, found.organization.public_id)
    form = WinForm(request.POST or None, actor=page.actor, organization=page.organization, row=found)
    about = Form(part=WINS, title=_("Edit the win"), done=_("Saved."), use_case=wins.edit)
    return fill_in(request, page, form, about, win=found)


@require_POST
@staff_page
def win_archive(request: HttpRequest, win_id: UUID) -> HttpResponse:
    """Take it out of lists."""
    found = row_or_404(request, Win, win_id)
    undo = reverse("partners:win_restore", args=[win_id])
    return press(request, found, WINS, wins.archive, done=_("The win is archived."), undo=undo, win=found)


@require_POST
@staff_page
def win_restore(request: HttpRequest, win_id: UUID) -> HttpResponse:
    """Undo of that."""
    found = row_or_404(request, Win, win_id)
    return press(request, found, WINS, wins.restore, done=_("The win is back."), win=found)


@staff_page
@once
def reference_ask(request: HttpRequest, win_id: UUID) -> HttpResponse:
    """Ask that somebody else may hear of it."""
    found = row_or_404(request, Win, win_id)
    page = open_page_or_404(request, found.organization.public_id)
    about = Form(
        part=WINS,
        title=_("Ask for a reference: %(title)s") % {"title": found.title},
        hint=_("The owners are told. An organization is asked every 60 days at most, and three times a year."),
        done=_("The request is there, and the owners are told."),
        use_case=references.ask,
    )
    return fill_in(request, page, AskForm(request.POST or None), about, win=found)


@staff_page
def reference_settle(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What came of a request."""
    found = row_or_404(request, ReferenceRequest, request_id)
    page = open_page_or_404(request, found.organization.public_id)
    form = SettleForm(request.POST or None, initial={"version": found.version})
    title = _("Reference for %(whom)s") % {"whom": found.wanted_for}
    about = Form(part=WINS, title=title, done=_("Saved."), use_case=references.settle)
    return fill_in(request, page, form, about, reference=found)


@require_safe
@staff_page
def reference_list(request: HttpRequest) -> HttpResponse:
    """Who serves as a reference, of all that one may see, the latest wins first."""
    actor, form, now = actor_of(request), ReferenceFilterForm(request.GET or None), timezone.now()
    query = ListQuery.of(request.GET, KEYS)
    narrowed = reference_filter(query, form)
    context = {
        "form": form,
        "hidden": hidden_pairs(query, *form.fields),
        "rows": reference_page(actor, narrowed, timezone.localdate(now), cursor=request.GET.get("cursor", "")),
        "query": query.encode(),
        "is_narrowed": bool(query.pairs),
        "may_export": actor.has("export_data"),
        "now": now,
    }
    return render(request, "partners/reference_list.html", context)


@require_POST
@capability_required("export_data")
def reference_export(request: HttpRequest) -> HttpResponse:
    """The same as a file; the address carries the list's own query."""
    return list_file(request, "references", query=request.GET.urlencode())
