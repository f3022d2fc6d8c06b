"""Trainings: a need or a session, its people, how it went."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import actor_of, staff_page
from common.sent_once import once
from partners.forms.enablement import AttendForm, HeldForm, ReasonForm, ResultForm, TrainingForm
from partners.models import Training, TrainingAttendee
from partners.services import trainings
from partners.services.checklists import local_day
from partners.views.enablement import TRAININGS, Form, fill_in, press, row_or_404
from partners.views.pages import open_page_or_404


def _attendee_or_404(request: HttpRequest, training_id: UUID, person_id: UUID) -> TrainingAttendee:
    seen = TrainingAttendee.objects.all().visible_to(actor_of(request)).filter(training__public_id=training_id)
    rows = seen.select_related("organization", "training__organization", "contact", "user")
    found: TrainingAttendee = get_object_or_404(rows, Q(contact__public_id=person_id) | Q(user__public_id=person_id))
    return found


@staff_page
@once
def training_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a need or a session down."""
    page = open_page_or_404(request, public_id)
    form = TrainingForm(request.POST or None, actor=page.actor)
    about = Form(
        part=TRAININGS, title=_("Add a training"), done=_("The training is written down."), use_case=trainings.add
    )
    return fill_in(request, page, form, about, organization=page.organization)


@staff_page
def training_edit(request: HttpRequest, training_id: UUID) -> HttpResponse:
    """Change one that is not over."""
    found = row_or_404(request, Training, training_id, "trainer")
    page = open_page_or_404(request, found.organization.public_id)
    form = TrainingForm(request.POST or None, actor=page.actor, row=found)
    about = Form(part=TRAININGS, title=_("Edit the training"), done=_("Saved."), use_case=trainings.edit)
    return fill_in(request, page, form, about, training=found)


@staff_page
def training_hold(request: HttpRequest, training_id: UUID) -> HttpResponse:
    """It took place."""
    found = row_or_404(request, Training, training_id)
    page = open_page_or_404(request, found.organization.public_id)
    day = found.held_on or local_day(page.organization, page.now)
    form = HeldForm(request.POST or None, initial={"held_on": day, "version": found.version})
    about = Form(
        part=TRAININGS,
        title=_("%(title)s was held") % {"title": found.title},
        done=_("It was held. Say how it went for each person."),
        use_case=trainings.hold,
    )
    return fill_in(request, page, form, about, training=found)


@staff_page
def training_cancel(request: HttpRequest, training_id: UUID) -> HttpResponse:
    """It does not take place."""
    found = row_or_404(request, Training, training_id)
    page = open_page_or_404(request, found.organization.public_id)
    form = ReasonForm(request.POST or None, initial={"version": found.version})
    title = _("Cancel %(title)s") % {"title": found.title}
    about = Form(part=TRAININGS, title=title, done=_("The training is canceled."), use_case=trainings.cancel)
    return fill_in(request, page, form, about, training=found)


@staff_page
@once
def training_attend(request: HttpRequest, training_id: UUID) -> HttpResponse:
    """Name somebody who is to learn."""
    found = row_or_404(request, Training, training_id)
    page = open_page_or_404(request, found.organization.public_id)
    form = AttendForm(request.POST or None, actor=page.actor, organization=page.organization)
    title = _("Who is to learn: %(title)s") % {"title": found.title}
    about = Form(part=TRAININGS, title=title, done=_("The person is on the list."), use_case=trainings.attend)
    return fill_in(request, page, form, about, training=found)


@staff_page
def training_result(request: HttpRequest, training_id: UUID, person_id: UUID) -> HttpResponse:
    """How it went for one person."""
    one = _attendee_or_404(request, training_id, person_id)
    page = open_page_or_404(request, one.organization.public_id)
    form = ResultForm(request.POST or None, initial={"result": one.result})
    who: Any = one.contact or one.user
    title = _("%(title)s: result of %(name)s") % {"title": one.training.title, "name": who.name}
    about = Form(part=TRAININGS, title=title, done=_("Saved."), use_case=trainings.attend)
    return fill_in(request, page, form, about, training=one.training, contact=one.contact, user=one.user)


@require_POST
@staff_page
def training_leave_out(request: HttpRequest, training_id: UUID, person_id: UUID) -> HttpResponse:
    """Take a name off the list again."""
    one = _attendee_or_404(request, training_id, person_id)
    done = _("The person is off the list.")
    return press(request, one, TRAININGS, trainings.leave_out, done=done, attendee=one)
