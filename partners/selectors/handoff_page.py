"""One handoff as its readers see it: the contract with what is in it, what is missing, and what each may do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from accounts.labels import role_short_label
from accounts.rules.access import Actor, FieldClass, Right, Subject, can, decide
from common.templatetags.format import spell_day
from partners.choices import LAUNCHED_STAGES
from partners.handoff_policy import policy_of, words
from partners.models import Handoff, HandoffItem, HandoffReturn
from partners.rules import handoffs as rules
from partners.rules.cadence import working_days
from partners.rules.handoff_packs import HandoffKind, HandoffPolicy
from partners.rules.handoffs import HandoffMove
from partners.selectors.handoff_checks import MEETING_FIELDS, as_rules_see_it, has_content, obstacles_of
from partners.selectors.handoff_rows import TONES
from partners.selectors.handoff_words import MEETING_LABELS, sentences
from partners.selectors.page import OrganizationPage
from partners.work_choices import UNFINISHED_HANDOFFS, HandoffState
from partners.working_hours import hours_of_person


@dataclass(frozen=True, kw_only=True)
class ShownItem:
    """One item of the contract. `closed`: how many lines are answers of earlier stages that the reader may not read."""

    key: str
    title: str
    hint: str
    lines: tuple[Mapping[str, Any], ...]
    closed: int
    note: str
    is_required: bool
    is_settled: bool
    read_at: datetime | None
    gathered_at: datetime | None
    has_content: bool


@dataclass(frozen=True, kw_only=True)
class ShownMeeting:
    """Something that giver and receiver do together, and on which day they did."""

    key: str
    label: str
    on: date | None


@dataclass(frozen=True, kw_only=True)
class ShownReturn:
    """Why it came back, and which items were wanting."""

    name: str
    at: datetime
    reasons: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class HandoffPage:
    """A handoff in the hands of its reader. Read in a handful of statements, whatever is asked of it afterwards."""

    page: OrganizationPage
    handoff: Handoff
    policy: HandoffPolicy
    rows: Sequence[HandoffItem]
    returned: Sequence[HandoffReturn]

    @property
    def actor(self) -> Actor:
        return self.page.actor

    @property
    def contract(self) -> HandoffKind:
        return self.policy.kinds[self.handoff.kind]

    @property
    def label(self) -> str:
        return words(self.contract.label)

    @property
    def from_role(self) -> str:
        return role_short_label(self.handoff.from_role)

    @property
    def to_role(self) -> str:
        return role_short_label(self.handoff.to_role)

    @property
    def state_label(self) -> str:
        return str(HandoffState(self.handoff.state).label)

    @property
    def tone(self) -> str:
        return TONES[HandoffState(self.handoff.state)]

    @property
    def is_late(self) -> bool:
        row = self.handoff
        return rules.is_overdue(rules.HandoffState(row.state), row.due_at, self.page.now)

    @property
    def is_giver(self) -> bool:
        return self.handoff.giver_id == self.actor.user_id

    @property
    def is_receiver(self) -> bool:
        return self.handoff.receiver_id == self.actor.user_id

    @property
    def is_unfinished(self) -> bool:
        return self.handoff.state in UNFINISHED_HANDOFFS and not self.page.is_archived

    @property
    def may_write(self) -> bool:
        """The giver works on it before it is offered, and after it came back."""
        is_open = self.handoff.state in (HandoffState.PREPARED, HandoffState.RETURNED)
        return self.is_giver and is_open and not self.page.is_archived

    @property
    def may_answer(self) -> bool:
        return self.is_receiver and self.handoff.state == HandoffState.OFFERED and not self.page.is_archived

    @property
    def may_date(self) -> bool:
        return (self.is_giver or self.is_receiver) and self.is_unfinished

    @property
    def may_withdraw(self) -> bool:
        is_theirs = self.is_giver or can(self.actor, "assign_owners", self.page.subject)
        return is_theirs and self.handoff.state in UNFINISHED_HANDOFFS

    @property
    def wants_results(self) -> bool:
        """The launch is over, and its results are not confirmed yet."""
        is_launched = self.page.row.stage in LAUNCHED_STAGES
        is_accepted = self.handoff.state == HandoffState.ACCEPTED
        return self.contract.confirms_launch and is_accepted and is_launched

    @property
    def may_add_results(self) -> bool:
        return self.wants_results and self.is_giver and self.handoff.results_confirmed_at is None

    @property
    def may_confirm_results(self) -> bool:
        row = self.handoff
        is_open = row.results_added_at is not None and row.results_confirmed_at is None
        return self.wants_results and self.is_receiver and is_open

    @cached_property
    def missing(self) -> list[str]:
        """What stands between this and its next step, in words: the offer, or the acceptance."""
        row = self.handoff
        if not self.is_unfinished:
            return []
        is_offered = row.state == HandoffState.OFFERED
        move, by_id = (HandoffMove.ACCEPT, row.receiver_id) if is_offered else (HandoffMove.OFFER, row.giver_id)
        found = obstacles_of(move, row, self.policy, by_id=by_id, items=self.rows, now=self.page.now)
        return sentences(found, self.policy)

    @cached_property
    def items(self) -> tuple[ShownItem, ...]:
        shows_answers = self._shows_answers
        return tuple(self._item(row, shows_answers=shows_answers) for row in self.rows)

    @property
    def settled(self) -> int:
        return sum(row.is_settled for row in self.rows)

    @property
    def meetings(self) -> tuple[ShownMeeting, ...]:
        return tuple(
            ShownMeeting(key=meeting, label=str(MEETING_LABELS[meeting]), on=getattr(self.handoff, field))
            for meeting, field in MEETING_FIELDS.items()
            if meeting in self.contract.meetings
        )

    @cached_property
    def shadow_until(self) -> date | None:
        if not self.contract.shadow_days:
            return None
        known = as_rules_see_it(self.handoff, self.policy, ())
        return rules.shadow_ends_on(known, working_days(hours_of_person(self.handoff.receiver, self.page.now)))

    @property
    def shadow_words(self) -> str:
        return spell_day(self.shadow_until) if self.shadow_until else ""

    @property
    def returns(self) -> tuple[ShownReturn, ...]:
        titles = {row.key: row.title for row in self.rows}
        return tuple(
            ShownReturn(
                name=row.returned_by.name if row.returned_by else "",
                at=row.returned_at,
                reasons=row.reasons,
                items=tuple(titles.get(key, key) for key in row.items),
            )
            for row in self.returned
        )

    @property
    def _shows_answers(self) -> bool:
        """Giver and receiver read what was laid before them; others need the right to earlier answers."""
        if self.is_giver or self.is_receiver:
            return True
        return shows_answers(self.actor, self.handoff, self.page.subject_with_grants, now=self.page.now)

    def _item(self, row: HandoffItem, *, shows_answers: bool) -> ShownItem:
        known = self.policy.items.get(row.key)
        lines = tuple(line for line in row.gathered if shows_answers or line.get("field_class") != "answers")
        return ShownItem(
            key=row.key,
            title=words(known.label) if known else row.title,
            hint=words(known.hint) if known and known.hint else "",
            lines=lines,
            closed=len(row.gathered) - len(lines),
            note=row.note,
            is_required=row.key in self.contract.required_items,
            is_settled=row.is_settled,
            read_at=row.read_at,
            gathered_at=row.gathered_at,
            has_content=has_content(row),
        )


def shows_answers(actor: Actor, handoff: Handoff, subject: Subject, *, now: datetime) -> bool:
    """Whether answers that were gathered are shown: to giver and receiver, and to those who read earlier answers."""
    if actor.user_id in (handoff.giver_id, handoff.receiver_id):
        return True
    return decide(actor, Right.SEE, subject, FieldClass.ANSWERS, now=now).allowed


def handoff_page(page: OrganizationPage, handoff_id: UUID) -> HandoffPage | None:
    """The handoff of an organization's page, if its reader sees it. Four statements."""
    rows = Handoff.objects.visible_to(page.actor).filter(organization_id=page.row.pk, public_id=handoff_id)
    found = rows.select_related("giver", "receiver").first()
    if found is None:
        return None
    found.organization = page.organization
    return HandoffPage(
        page=page,
        handoff=found,
        policy=policy_of(found),
        rows=list(HandoffItem.objects.visible_to(page.actor).filter(handoff=found)),
        returned=list(HandoffReturn.objects.visible_to(page.actor).filter(handoff=found).select_related("returned_by")),
    )
