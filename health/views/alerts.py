"""An episode and what is done with it; how good alerts are."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import actor_of, staff_page
from accounts.rules.access import Actor, Subject
from common.errors import Conflict
from common.sent_once import once
from health.alert_permissions import can_answer, can_judge_rules, can_read_quality
from health.alert_policy import alert_policy
from health.forms.alerts import ActForm, AssignForm, CloseForm, NoteForm, PlayForm, PromoteForm, ReopenForm, SnoozeForm
from health.models import Episode
from health.policies import policies_in_force
from health.rules.alert_packs import AlertPolicy
from health.selectors import episodes as reading
from health.selectors.alert_quality import PERIOD, alert_quality
from health.services import alert_plays, episodes, precision
from health.views.portfolio import area_tabs
from partners import permissions
from partners.services import plays
from partners.views.pages import attempt, back_url, require, run

QUALITY = "alert_quality"


def episode_or_404(request: HttpRequest, public_id: UUID) -> Episode:
    """The episode in the reader's scope."""
    found = reading.episode_of(actor_of(request), public_id)
    if found is None:
        raise Http404
    return found


@require_safe
@staff_page
def episode(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Its signals with their receipts, its clock, its play, its history, and what can be done now."""
    return _page(request, episode_or_404(request, public_id))


def _page(request: HttpRequest, found: Episode, **bound: forms.Form) -> HttpResponse:
    """The page; a form that was refused stands in it with what was wrong."""
    actor, now, policy = actor_of(request), timezone.now(), alert_policy()
    subject = permissions.subject_of(found.organization, grants_for=actor.user_id)
    may_answer = can_answer(actor, found, subject=subject) and found.organization.archived_at is None
    page = reading.episode_page(actor, found, policy=policy, health=policies_in_force(), subject=subject, now=now)
    context: dict[str, Any] = {
        "episode": found,
        "page": page,
        "row": page.row,
        "organization": found.organization,
        "may_answer": may_answer,
        "now": now,
        "longest_days": policy.snooze_days if policy is not None else 0,
    }
    if may_answer:
        context |= _forms(request, found, policy, subject, page)
    is_refused = any(form.errors for form in bound.values())
    return render(request, "health/episode.html", context | bound, status=422 if is_refused else 200)


def _forms(
    request: HttpRequest, found: Episode, policy: AlertPolicy | None, subject: Subject, page: reading.EpisodePage
) -> dict[str, Any]:
    """What can be done with it now."""
    actor, version = actor_of(request), {"version": found.version}
    if not found.is_open:
        return {"reopen_form": ReopenForm(initial=version)}
    return {
        "act_form": ActForm(initial=version, prefix="act"),
        "close_form": CloseForm(initial=version, prefix="close"),
        "snooze_form": SnoozeForm(initial=version, prefix="snooze"),
        "assign_form": AssignForm(initial=version, prefix="assign", actor=actor),
        "note_form": NoteForm(prefix="note"),
        "play_form": _play_form(actor, found, policy, subject, page),
    }


def _play_form(
    actor: Actor, found: Episode, policy: AlertPolicy | None, subject: Subject, page: reading.EpisodePage
) -> PlayForm | None:
    """The plays that may begin; None while one is running, and where there is none for the reader to start."""
    if page.run is not None and page.run.ended_at is None:
        return None
    rule = policy.rules.get(found.rule) if policy is not None else None
    fitting = reading.plays_to_start(
        plays.plays_in_force(),
        found,
        rule.play if rule is not None else "",
        may_start=lambda play: plays.may_start(actor, play, found.organization, subject=subject),
    )
    reason = f"{page.row.title}. {page.signals[0].words}" if page.signals else page.row.title
    initial = {"version": found.version, "reason": reason}
    choices = [(one.id, one.label) for one in fitting]
    return PlayForm(initial=initial, prefix="play", plays=choices) if choices else None


def _answered(
    request: HttpRequest, found: Episode, form: forms.Form, name: str, use_case: Callable[..., Any], done: str
) -> HttpResponse:
    """Run a use case with what a form holds; refused, the page comes back with the form."""
    if form.is_valid():
        sent = dict(form.cleaned_data)
        try:
            attempt(form, use_case, by=actor_of(request), episode=found, now=timezone.now(), **sent)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
    if form.errors:
        return _page(request, episode_or_404(request, found.public_id), **{name: form})
    messages.success(request, done)
    return redirect("health:episode", found.public_id)


@require_POST
@staff_page
def episode_acknowledge(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One looks after it."""
    found = episode_or_404(request, public_id)
    sent: dict[str, Any] = {
        "by": actor_of(request),
        "episode": found,
        "version": _version(request),
        "now": timezone.now(),
    }
    run(request, episodes.acknowledge, done=_("Acknowledged: it is answered."), **sent)
    return redirect(_back(request, found))


@require_POST
@staff_page
def episode_wake(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is taken up before its moment."""
    found = episode_or_404(request, public_id)
    sent: dict[str, Any] = {
        "by": actor_of(request),
        "episode": found,
        "version": _version(request),
        "now": timezone.now(),
    }
    run(request, episodes.wake, done=_("It is awake again."), **sent)
    return redirect(_back(request, found))


@require_POST
@staff_page
def episode_act(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is done about it."""
    found, form = episode_or_404(request, public_id), ActForm(request.POST, prefix="act")
    return _answered(request, found, form, "act_form", episodes.act, _("Written down."))


@require_POST
@staff_page
def episode_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How it turned out."""
    found, form = episode_or_404(request, public_id), CloseForm(request.POST, prefix="close")
    return _answered(request, found, form, "close_form", episodes.close, _("Closed."))


@require_POST
@staff_page
def episode_snooze(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is put off."""
    found, form = episode_or_404(request, public_id), SnoozeForm(request.POST, prefix="snooze")
    done = _("Put off. The clock of the answer runs on.") if found.answered_at is None else _("Put off.")
    return _answered(request, found, form, "snooze_form", episodes.snooze, done)


@require_POST
@staff_page
def episode_assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It is given to somebody else."""
    found = episode_or_404(request, public_id)
    form = AssignForm(request.POST, prefix="assign", actor=actor_of(request))
    return _answered(request, found, form, "assign_form", episodes.assign, _("Given on."))


@require_POST
@staff_page
@once
def episode_note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A line for its history."""
    found, form = episode_or_404(request, public_id), NoteForm(request.POST, prefix="note")
    return _answered(request, found, form, "note_form", episodes.note, _("Noted."))


@require_POST
@staff_page
def episode_reopen(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The outcome is taken back."""
    found, form = episode_or_404(request, public_id), ReopenForm(request.POST)
    return _answered(request, found, form, "reopen_form", episodes.reopen, _("It is open again."))


@require_POST
@staff_page
@once
def episode_play(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A play begins as the answer."""
    found, policy = episode_or_404(request, public_id), plays.plays_in_force()
    known = [(one.id, one.id) for one in policy.plays.values()] if policy is not None else []
    form = PlayForm(request.POST, prefix="play", plays=known)
    return _answered(request, found, form, "play_form", alert_plays.start, _("Started; its steps are tasks now."))


@require_safe
@staff_page
def quality(request: HttpRequest) -> HttpResponse:
    """How many alerts are answered in time, how right each rule is, what plays did to health."""
    actor, policy = actor_of(request), alert_policy()
    require(can_read_quality(actor), _("How good alerts are is for those who look after organizations."))
    found = alert_quality(actor, policy=policy, plays=plays.plays_in_force(), now=timezone.now())
    context = {
        "found": found,
        "policy": policy,
        "tabs": area_tabs(actor, QUALITY),
        "days": PERIOD.days,
        "answer_hours": policy.answer_within // timedelta(hours=1) if policy is not None else 0,
        "may_promote": can_judge_rules(actor),
        "promote_form": PromoteForm(),
    }
    return render(request, "health/alert_quality.html", context)


@require_POST
@staff_page
def rule_promote(request: HttpRequest, rule: str) -> HttpResponse:
    """A demoted rule speaks again."""
    actor = actor_of(request)
    require(can_judge_rules(actor), _("Administrators let a rule speak again."))
    sent: dict[str, Any] = {
        "by": actor,
        "rule": rule,
        "reason": request.POST.get("reason", ""),
        "version": _version(request),
    }
    run(request, precision.promote, done=_("The rule is told at once again."), now=timezone.now(), **sent)
    return redirect(reverse("health:alert_quality"))


def _version(request: HttpRequest) -> int | None:
    sent = request.POST.get("version", "")
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else None


def _back(request: HttpRequest, found: Episode) -> str:
    return back_url(request, reverse("health:episode", args=[found.public_id]))
