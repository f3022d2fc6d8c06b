"""What belongs to the reviews of an organization, read with them in one statement: drafts, submissions, waivers.

A review is visible, and so is what hangs on it: the parts are sub-selects of the statement that reads the review.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import JSONField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.labels import role_short_label
from accounts.rules.access import Actor
from common import composed
from partners.models import GateReview, Organization, Submission
from partners.selectors.gate_words import OVERALL_LOOKS, Look


@dataclass(frozen=True, kw_only=True)
class AnswerRow:
    """One answer of a draft with its version; `source` says whence it was filled in."""

    value: str
    source: str
    version: int
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class DraftRow:
    """The answers to one questionnaire as they are being written, by field; `evidence` counts by field."""

    pk: int
    public_id: str
    answers: Mapping[str, AnswerRow]
    evidence: Mapping[str, int]

    @cached_property
    def texts(self) -> dict[str, str]:
        """The answers as the rules read them."""
        return {field_id: row.value for field_id, row in self.answers.items()}

    @property
    def saved(self) -> AnswerRow | None:
        """The answer that was saved last."""
        return max(self.answers.values(), key=lambda row: row.saved_at, default=None)


@dataclass(frozen=True, kw_only=True)
class SignatureRow:
    """A name under a submission, as the server saw it."""

    public_id: str
    role: str
    role_label: str
    name: str
    kind: str
    signed_at: datetime
    ip: str | None
    browser: str
    content_hash: str


@dataclass(frozen=True, kw_only=True)
class JudgmentRow:
    """A person's word on a manual section."""

    section: str
    is_passed: bool
    reason: str
    judged_by: str
    judged_at: datetime


@dataclass(frozen=True, kw_only=True)
class SubmissionRow:
    """One frozen version; `judgments` holds the latest of each section."""

    pk: int
    public_id: str
    questionnaire: str
    number: int
    outcome: str
    result: Mapping[str, Any]
    evaluated_on: date
    submitted_at: datetime
    submitted_by: str
    signatures: tuple[SignatureRow, ...]
    judgments: Mapping[str, JudgmentRow]

    @property
    def look(self) -> Look:
        return OVERALL_LOOKS[self.outcome]


@dataclass(frozen=True, kw_only=True)
class WaiverRow:
    """A waiver that was not taken back; whether it has expired depends on the moment."""

    public_id: str
    criterion: str
    reason: str
    granted_by: str
    granted_at: datetime
    expires_at: datetime

    @property
    def target(self) -> str:
        """The section or the criterion that it is for."""
        return self.criterion.partition(":")[2] or self.criterion


@dataclass(frozen=True, kw_only=True)
class AskedRow:
    """A waiver that was asked for; `answer` is empty while none was given."""

    public_id: str
    criterion: str
    reason: str
    asked_by: str
    asked_by_id: int
    asked_at: datetime
    answer: str
    answered_by: str | None
    answered_at: datetime | None
    note: str


@dataclass(frozen=True, kw_only=True)
class TaskCounts:
    """Tasks of a review: required ones, those of them that are done, and unfinished ones past their day."""

    required: int
    done: int
    overdue: int

    @property
    def left(self) -> int:
        return self.required - self.done


@dataclass(frozen=True, kw_only=True)
class HandoffRow:
    """The handoff that was begun last."""

    public_id: str
    kind: str
    state: str
    to_role: str
    giver_id: int
    receiver_id: int
    giver: str
    receiver: str
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ReviewRows:
    """One review with all that hangs on it; drafts and submissions (the current ones) by questionnaire."""

    review: Any
    drafts: Mapping[str, DraftRow] = field(default_factory=dict)
    submissions: Mapping[str, SubmissionRow] = field(default_factory=dict)
    waivers: tuple[WaiverRow, ...] = ()
    asked: tuple[AskedRow, ...] = ()
    tasks: TaskCounts = field(default_factory=lambda: TaskCounts(required=0, done=0, overdue=0))
    handoff: HandoffRow | None = None

    @property
    def is_open(self) -> bool:
        return self.review.decided_at is None

    @property
    def signed_roles(self) -> frozenset[str]:
        """Roles that signed every current submission of the review."""
        signed = [frozenset(one.role for one in row.signatures) for row in self.submissions.values()]
        return frozenset.intersection(*signed) if signed else frozenset()


def review_rows(actor: Actor, organization: Organization, *, today: date, stage: str = "") -> list[ReviewRows]:
    """The reviews of an organization, the latest first, of one stage if one is named: one statement."""
    return [_rows(row) for row in composed.instances(_reviews, actor, stage, gaps=(organization.pk, today))]


def _reviews(actor: Actor, stage: str, organization_id: int, today: date) -> QuerySet[Any]:
    found = GateReview.objects.visible_to(actor).filter(organization_id=organization_id)
    if stage:
        found = found.filter(stage=stage)
    rows = found.select_related("decided_by").annotate(
        submission_rows=_SUBMISSIONS,
        draft_rows=_DRAFTS,
        waiver_rows=_WAIVERS,
        asked_rows=_ASKED,
        task_row=RawSQL(_TASKS, [today], output_field=JSONField()),  # noqa: S611 - a constant with its parameter
        handoff_row=_HANDOFF,
    )
    ordered: QuerySet[Any] = rows.order_by("-opened_at", "-pk")
    return ordered


def submission_rows(actor: Actor, review: GateReview, questionnaire: str, *, number: int | None = None) -> list[Any]:
    """The versions of a questionnaire of a review, the latest first, each with its `row`: one statement."""
    found = Submission.objects.visible_to(actor).filter(review=review, questionnaire=questionnaire)
    if number is not None:
        found = found.filter(number=number)
    versions: list[Any] = list(found.annotate(as_json=_ONE_SUBMISSION).order_by("-number"))
    for version in versions:
        version.row = _submission(version.as_json)
    return versions


def _rows(row: Any) -> ReviewRows:
    required, done, overdue = row.task_row
    drafts = {values.pop("questionnaire"): _draft(values) for values in row.draft_rows or ()}
    submissions = (_submission(values) for values in row.submission_rows or ())
    return ReviewRows(
        review=row,
        drafts=drafts,
        submissions={one.questionnaire: one for one in submissions},
        waivers=tuple(WaiverRow(**_moments(values, "granted_at", "expires_at")) for values in row.waiver_rows or ()),
        asked=tuple(AskedRow(**_moments(values, "asked_at", "answered_at")) for values in row.asked_rows or ()),
        tasks=TaskCounts(required=required, done=done, overdue=overdue),
        handoff=HandoffRow(**_moments(row.handoff_row, "due_at")) if row.handoff_row else None,
    )


def _draft(values: dict[str, Any]) -> DraftRow:
    answers = {
        name: AnswerRow(
            value="" if value is None else str(value),
            source=source,
            version=version,
            saved_by=who or "",
            saved_at=datetime.fromisoformat(at),
        )
        for name, value, source, version, who, at in values["answers"] or ()
    }
    return DraftRow(
        pk=values["pk"], public_id=values["public_id"], answers=answers, evidence=dict(values["evidence"] or {})
    )


def _submission(values: dict[str, Any]) -> SubmissionRow:
    signatures = (_moments(one, "signed_at") for one in values.pop("signatures") or ())
    judgments = (JudgmentRow(**_moments(one, "judged_at")) for one in values.pop("judgments") or ())
    return SubmissionRow(
        **_moments(values, "submitted_at") | {"evaluated_on": date.fromisoformat(values["evaluated_on"])},
        signatures=tuple(SignatureRow(**one, role_label=role_short_label(one["role"])) for one in signatures),
        judgments={one.section: one for one in judgments},
    )


def _moments(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """JSON spells moments as text."""
    return {**values} | {name: datetime.fromisoformat(values[name]) for name in names if values[name]}


def _json(statement: str) -> RawSQL:
    return RawSQL(statement, [], output_field=JSONField())  # noqa: S611 - constants of this room


_SIGNATURES = (
    "(SELECT jsonb_agg(jsonb_build_object('public_id', g.public_id, 'role', g.role, 'name', g.name, 'kind', g.kind,"
    " 'signed_at', g.signed_at, 'ip', host(g.ip), 'browser', g.browser, 'content_hash', g.content_hash)"
    " ORDER BY g.signed_at, g.id) FROM partners_signature g WHERE g.submission_id = s.id)"
)
_JUDGMENTS = (
    "(SELECT jsonb_agg(jsonb_build_object('section', j.section, 'is_passed', j.is_passed, 'reason', j.reason,"
    " 'judged_by', judge.name, 'judged_at', j.judged_at) ORDER BY j.judged_at, j.id)"
    " FROM partners_sectionjudgment j JOIN accounts_user judge ON judge.id = j.judged_by_id"
    " WHERE j.submission_id = s.id)"
)
_SUBMISSION = (
    "jsonb_build_object('pk', s.id, 'public_id', s.public_id, 'questionnaire', s.questionnaire, 'number', s.number,"
    " 'outcome', s.outcome, 'result', s.result, 'evaluated_on', s.evaluated_on, 'submitted_at', s.submitted_at,"
    f" 'submitted_by', who.name, 'signatures', {_SIGNATURES}, 'judgments', {_JUDGMENTS})"
)
_SUBMISSIONS = _json(
    f"SELECT jsonb_agg({_SUBMISSION} ORDER BY s.id) FROM partners_submission s"  # noqa: S608
    " JOIN accounts_user who ON who.id = s.submitted_by_id"
    " WHERE s.review_id = partners_gatereview.id AND s.superseded_at IS NULL"
)
_ONE_SUBMISSION = _json(
    f"SELECT {_SUBMISSION} FROM partners_submission s JOIN accounts_user who ON who.id = s.submitted_by_id"  # noqa: S608
    " WHERE s.id = partners_submission.id"
)
_DRAFTS = _json(
    "SELECT jsonb_agg(jsonb_build_object('pk', d.id, 'public_id', d.public_id, 'questionnaire', d.questionnaire,"
    " 'answers', (SELECT jsonb_agg(jsonb_build_array(a.field, a.value, a.source, a.version, who.name, a.updated_at))"
    " FROM partners_draftanswer a LEFT JOIN accounts_user who ON who.id = a.updated_by_id WHERE a.draft_id = d.id),"
    " 'evidence', (SELECT jsonb_object_agg(e.field, e.total) FROM (SELECT field, count(*) AS total"
    " FROM partners_evidence WHERE draft_id = d.id AND removed_at IS NULL GROUP BY field) e)))"
    " FROM partners_draft d WHERE d.review_id = partners_gatereview.id AND partners_gatereview.decided_at IS NULL"
)
_WAIVERS = _json(
    "SELECT jsonb_agg(jsonb_build_object('public_id', w.public_id, 'criterion', w.criterion, 'reason', w.reason,"
    " 'granted_by', who.name, 'granted_at', w.granted_at, 'expires_at', w.expires_at) ORDER BY w.granted_at)"
    " FROM partners_waiver w JOIN accounts_user who ON who.id = w.granted_by_id"
    " WHERE w.organization_id = partners_gatereview.organization_id AND w.stage = partners_gatereview.stage"
    " AND w.revoked_at IS NULL AND partners_gatereview.decided_at IS NULL"
)
# The newest fifty: who asks again and again is not read in full on every page.
_ASKED = _json(
    "SELECT jsonb_agg(jsonb_build_object('public_id', r.public_id, 'criterion', r.criterion, 'reason', r.reason,"
    " 'asked_by', r.asker, 'asked_by_id', r.asked_by_id, 'asked_at', r.asked_at, 'answer', r.answer,"
    " 'answered_by', r.answerer, 'answered_at', r.answered_at, 'note', r.note) ORDER BY r.asked_at DESC, r.id DESC)"
    " FROM (SELECT asked.*, asker.name AS asker, answerer.name AS answerer FROM partners_waiverrequest asked"
    " JOIN accounts_user asker ON asker.id = asked.asked_by_id"
    " LEFT JOIN accounts_user answerer ON answerer.id = asked.answered_by_id"
    " WHERE asked.review_id = partners_gatereview.id ORDER BY asked.asked_at DESC, asked.id DESC LIMIT 50) r"
)
_TASKS = (
    "SELECT jsonb_build_array(count(*) FILTER (WHERE t.is_required),"
    " count(*) FILTER (WHERE t.is_required AND t.state IN ('done', 'skipped')),"
    " count(*) FILTER (WHERE t.state IN ('open', 'started') AND t.due_on < %s))"
    " FROM partners_task t WHERE t.review_id = partners_gatereview.id AND t.archived_at IS NULL"
)
_HANDOFF = _json(
    "SELECT jsonb_build_object('public_id', h.public_id, 'kind', h.kind, 'state', h.state, 'to_role', h.to_role,"
    " 'giver_id', h.giver_id, 'receiver_id', h.receiver_id, 'giver', giver.name, 'receiver', receiver.name,"
    " 'due_at', h.due_at) FROM partners_handoff h JOIN accounts_user giver ON giver.id = h.giver_id"
    " JOIN accounts_user receiver ON receiver.id = h.receiver_id"
    " WHERE h.organization_id = partners_gatereview.organization_id AND partners_gatereview.decided_at IS NULL"
    " AND (h.created_at >= partners_gatereview.opened_at OR h.state IN ('prepared', 'offered', 'returned'))"
    " AND h.kind <> 'owner_to_owner' AND h.state <> 'withdrawn' ORDER BY h.created_at DESC LIMIT 1"
)
