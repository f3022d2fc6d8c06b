"""What this app gathers for handoffs: background, people, commitments, issues, running work, answers.

Read as the giver, who lays it open to the receiver. Commercial figures are never among it: receivers may not read them.
"""

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.labels import stage_label
from common.templatetags.format import spell_day as day
from partners.handoff_gathering import Asked, Gatherer, Line, register_gatherer
from partners.journey_policy import journey_of_version
from partners.models import (
    Commitment,
    Contact,
    GateReview,
    Organization,
    PlayRun,
    Signature,
    StagePeriod,
    Submission,
    Task,
    Touchpoint,
)
from partners.permissions import opens_in_full, subject_of
from partners.rules.answer_classes import commercial_fields
from partners.rules.classification import label_in
from partners.rules.journeys import Field, Questionnaire
from partners.selectors.answers import answers_open
from partners.selectors.gate_words import answer_in_words
from partners.selectors.page import fact_in_words
from partners.work_choices import TouchpointState

MOST = 12
_PROFILE = ("industry", "country", "timezone", "market_segment")
_TECHNICAL = ("edition", "deployment", "licenses", "expected_adoption")
# Parts of the ids of questions and sections that speak of an item; the texts around them are the journey's own.
_SUBJECTS = {
    "operations": ("operation", "runbook", "monitoring", "procedure"),
    "support_processes": ("support", "escalation"),
    "beta_insights": ("beta",),
    "technical_profile": ("technical", "integration", "architecture", "security"),
}


def register_own() -> None:
    """What this app knows; called once, when the app is ready."""
    for name, gatherer in (
        ("background", _background),
        ("background", _stages),
        ("people", _contacts),
        ("open_commitments", _commitments),
        ("known_issues", _late_tasks),
        ("known_issues", _remarks),
        ("running_work", _tasks),
        ("running_work", _plays),
        ("running_work", _touchpoints),
        ("objectives", _objectives),
        ("technical_profile", _technical),
        ("launch_results", _launch),
        *((name, _answers_about(name)) for name in _SUBJECTS),
    ):
        register_gatherer(name, gatherer)


def _background(asked: Asked) -> Iterator[Line]:
    known = asked.organization
    if known.summary:
        yield Line(label=_("What it is about"), value=known.summary)
    if opens_in_full(asked.by, known):
        yield from _facts(known, _PROFILE)


def _stages(asked: Asked) -> Iterator[Line]:
    """Every stay with its days, and how its gate was decided."""
    known = asked.organization
    zone = ZoneInfo(known.timezone)
    decided = {
        (review.stage, timezone.localdate(review.decided_at, zone)): review
        for review in GateReview.objects.visible_to(asked.by)
        .filter(organization=known, decided_at__isnull=False)
        .select_related("decided_by")
        if review.decided_at is not None
    }
    url = reverse("partners:organization_journey", args=[known.public_id])
    for stay in StagePeriod.objects.visible_to(asked.by).filter(organization=known).order_by("entered_at", "pk"):
        begin = timezone.localdate(stay.entered_at, zone)
        end = timezone.localdate(stay.left_at, zone) if stay.left_at else None
        words = _("since %s") % day(begin)
        if end:
            words = _("%(first)s to %(last)s") % {"first": day(begin), "last": day(end)}
        review = decided.get((stay.stage, end)) if end else None
        if review is not None and review.decided_by is not None:
            said = {"words": words, "outcome": review.get_outcome_display(), "name": review.decided_by.name}
            words = _("%(words)s. %(outcome)s by %(name)s") % said
        yield Line(label=stage_label(stay.stage), value=words, url=url)


def _contacts(asked: Asked) -> Iterator[Line]:
    known = asked.organization
    found = Contact.objects.visible_to(asked.by).filter(organization=known, archived_at__isnull=True)
    url = reverse("partners:organization_people", args=[known.public_id])
    for contact in found.order_by("-is_primary", "name")[:MOST]:
        words = [contact.job_title, str(contact.get_role_display()), _("primary contact") if contact.is_primary else ""]
        yield Line(label=contact.name, value=", ".join(filter(None, words)), url=url)


def _commitments(asked: Asked) -> Iterator[Line]:
    found = Commitment.objects.visible_to(asked.by).filter(organization=asked.organization).unfinished()
    rows = list(found.order_by("due_on", "pk")[:MOST])
    for row in rows:
        words = {"side": row.get_side_display(), "day": day(row.due_on)}
        yield Line(label=row.title, value=_("%(side)s promised it for %(day)s") % words)
    if not rows and opens_in_full(asked.by, asked.organization):
        yield Line(label=_("Open commitments"), value=_("None is open."))


def _late_tasks(asked: Asked) -> Iterator[Line]:
    """Tasks that are blocked or late; that there are none is worth saying too."""
    known = asked.organization
    today = timezone.localdate(asked.now, ZoneInfo(known.timezone))
    own = Task.objects.visible_to(asked.by).filter(organization=known)
    overdue, blocked = set(own.overdue(today)[:MOST]), set(own.blocked()[:MOST])
    for task in sorted(overdue | blocked, key=lambda row: (row.due_on or today, row.pk)):
        words = [task.blocked_reason or _("waits for another task")] if task in blocked else []
        if task in overdue:
            words.append(_("due since %s") % day(task.due_on))
        yield Line(label=task.title, value=", ".join(words))
    if not overdue | blocked and opens_in_full(asked.by, known):
        yield Line(label=_("Tasks"), value=_("None is blocked or overdue."))


def _remarks(asked: Asked) -> Iterator[Line]:
    """Negative answers that were let pass with a note: they are known, and still open."""
    for submission, questionnaire in _signed(asked):
        hidden = commercial_fields(questionnaire)
        labels = {field.id: _words(field) for field in questionnaire.fields}
        for section in submission.result.get("sections", ()):
            for remark in section.get("remarks", ()):
                if remark["field"] not in hidden:
                    said = remark.get("note") or ""
                    label = labels.get(remark["field"], remark["field"])
                    yield Line(label=label, value=said or _("passed with a remark"), field_class="answers")


def _tasks(asked: Asked) -> Iterator[Line]:
    found = Task.objects.visible_to(asked.by).filter(organization=asked.organization).unfinished()
    rows = list(found.select_related("owner").order_by("due_on", "pk")[: MOST + 1])
    for task in rows[:MOST]:
        words = [day(task.due_on) if task.due_on else "", task.owner.name if task.owner else _("nobody")]
        yield Line(label=task.title, value=", ".join(filter(None, words)))
    if len(rows) > MOST:
        yield Line(label=_("More tasks"), value=_("The list of tasks has them."))
    if not rows and opens_in_full(asked.by, asked.organization):
        yield Line(label=_("Tasks"), value=_("None is open."))


def _plays(asked: Asked) -> Iterator[Line]:
    for run in PlayRun.objects.visible_to(asked.by).filter(organization=asked.organization, ended_at__isnull=True):
        yield Line(label=run.title, value=_("under way since %s") % day(run.started_on))


def _touchpoints(asked: Asked) -> Iterator[Line]:
    planned = Touchpoint.objects.visible_to(asked.by).filter(
        organization=asked.organization, state=TouchpointState.PLANNED
    )
    for row in planned.order_by("planned_on", "pk")[:3]:
        yield Line(label=capfirst(row.kind.replace("_", " ")), value=day(row.planned_on))


def _objectives(asked: Asked) -> Iterator[Line]:
    if asked.organization.summary:
        yield Line(label=_("What they want"), value=asked.organization.summary)
    if opens_in_full(asked.by, asked.organization):
        yield from _facts(asked.organization, ("expected_adoption",))


def _technical(asked: Asked) -> Iterator[Line]:
    if opens_in_full(asked.by, asked.organization):
        yield from _facts(asked.organization, _TECHNICAL)


def _launch(asked: Asked) -> Iterator[Line]:
    known = asked.organization
    if known.launched_on:
        days = (timezone.localdate(asked.now, ZoneInfo(known.timezone)) - known.launched_on).days
        words = ngettext("%(day)s, %(days)s day ago", "%(day)s, %(days)s days ago", days)
        yield Line(label=_("Launched"), value=words % {"day": day(known.launched_on), "days": days})
    elif known.target_launch_on:
        yield Line(label=_("Target launch"), value=day(known.target_launch_on))


def _answers_about(name: str) -> Gatherer:
    """The gatherer of signed answers to questions about one subject."""

    def gatherer(asked: Asked) -> Iterator[Line]:
        for submission, questionnaire in _signed(asked):
            hidden = commercial_fields(questionnaire)
            for section in questionnaire.sections:
                for field in section.fields:
                    speaks = _speaks_of(name, section.id, field.id)
                    answer = submission.answers.get(field.id)
                    if speaks and field.id not in hidden and answer not in (None, "", False):
                        words = answer_in_words(field, str(answer), currency=asked.organization.currency)
                        yield Line(label=_words(field), value=words, field_class="answers")

    return gatherer


def _signed(asked: Asked) -> list[tuple[Submission, Questionnaire]]:
    """The signed submissions in force whose answers the giver may read, with their questionnaires."""
    known = asked.organization
    signed = Exists(Signature.objects.filter(submission=OuterRef("pk")))
    rows = list(
        Submission.objects.visible_to(asked.by)
        .filter(signed, organization=known, superseded_at__isnull=True)
        .select_related("review")
        .order_by("review_id", "questionnaire")
    )
    if not rows:
        return []
    subject = subject_of(known, grants_for=asked.by.user_id)
    found = []
    for row in rows:
        if answers_open(asked.by, subject, row.review.stage, now=asked.now):
            journey = journey_of_version(known.kind, row.journey_version)
            found.append((row, journey.questionnaire(row.questionnaire)))
    return found


def _speaks_of(name: str, section_id: str, field_id: str) -> bool:
    """By the question itself, or by its section where no other subject claims the question."""
    if any(part in field_id for part in _SUBJECTS[name]):
        return True
    claimed = any(part in field_id for parts in _SUBJECTS.values() for part in parts)
    return not claimed and any(part in section_id for part in _SUBJECTS[name])


def _words(field: Field) -> str:
    return label_in(field.label, get_language() or "en")


def _facts(organization: Organization, names: Iterable[str]) -> Iterator[Line]:
    for name in names:
        value = fact_in_words(organization, name)
        if value:
            label = capfirst(str(Organization._meta.get_field(name).verbose_name))  # type: ignore[union-attr]
            yield Line(label=label, value=value)
