"""What the access policy speaks about: rights, actors, ties, subjects, decisions. Pure: no Django, no clock.

Import these names from accounts.rules.access, which adds the decisions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from accounts.choices import STAGES_BY_KIND, Audience
from accounts.rules.roles import CAPABILITIES


class Right(StrEnum):
    """The three rights of the table: S list and open, W work (draft and submit), X sign."""

    SEE = "see"
    WORK = "work"
    SIGN = "sign"


class FieldClass(StrEnum):
    """Which fields of an organization are asked for.

    SUMMARY: identity, stage, dates, owners, timeline. GENERAL: all that is not one of the others. COMMERCIAL: CCV, LRP,
    ARR, opportunities, renewals. ANSWERS: what was answered in the questionnaires of earlier stages.
    """

    GENERAL = "general"
    COMMERCIAL = "commercial"
    ANSWERS = "answers"
    SUMMARY = "summary"


class Reach(StrEnum):
    """How much of an organization somebody sees."""

    FULL = "full"
    SUMMARY = "summary"
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class AccessPolicy:
    """One version of the access policy. Made by `parse_access` only, which checks it.

    `rights` holds the table: (role, kind, access stage) -> what a person may who holds the role and is assigned in it.
    """

    version: int
    rights: Mapping[tuple[str, str, str], frozenset[Right]] = field(hash=False)
    capabilities: Mapping[str, frozenset[str]] = field(hash=False)
    field_classes: Mapping[FieldClass, frozenset[str]] = field(hash=False)
    see_all: frozenset[str]
    work_all: frozenset[str]
    lead_roles: frozenset[str]
    participant_roles: frozenset[str]

    @cached_property
    def _stages(self) -> Mapping[tuple[str, str, Right], frozenset[str]]:
        stages: dict[tuple[str, str, Right], set[str]] = {}
        for (role, kind, stage), rights in self.rights.items():
            for right in rights:
                stages.setdefault((role, kind, right), set()).add(stage)
        return {key: frozenset(found) for key, found in stages.items()}

    @cached_property
    def organization_roles(self) -> frozenset[str]:
        """The roles that open organizations in some way: by the table, everywhere, through a team, as participants."""
        return frozenset(role for role, _, _ in self.rights) | self.see_all | self.lead_roles | self.participant_roles

    def stages(self, role: str, kind: str, right: Right = Right.SEE) -> frozenset[str]:
        """The access stages in which a person assigned as `role` to an organization of `kind` has `right`."""
        return self._stages.get((role, kind, right), frozenset())

    def stages_in_order(self, role: str, kind: str, right: Right = Right.SEE) -> tuple[str, ...]:
        """The same in journey order."""
        allowed = self.stages(role, kind, right)
        return tuple(stage.value for stage in STAGES_BY_KIND.get(kind, ()) if stage in allowed)

    def signers(self, kind: str, stage: str) -> frozenset[str]:
        """The roles that all have to sign for an organization of `kind` to leave `stage` (co-signers included)."""
        cells = self.rights.items()
        return frozenset(role for (role, *at), rights in cells if at == [kind, stage] and Right.SIGN in rights)

    def roles_with(self, capability: str) -> frozenset[str]:
        """The roles that hold `capability`: whom to ask for what one may not do oneself."""
        return frozenset(role for role, held in self.capabilities.items() if capability in held)


def empty_policy() -> AccessPolicy:
    """The policy while none is loaded, and of a person who is not signed in: nobody may do anything."""
    nobody: frozenset[str] = frozenset()
    return AccessPolicy(
        version=0,
        rights={},
        capabilities={},
        field_classes={},
        see_all=nobody,
        work_all=nobody,
        lead_roles=nobody,
        participant_roles=nobody,
    )


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who asks. Made with every request from what is true then, so that a taken right is gone with the next one.

    `led_user_ids` are the members of the teams that the person leads, `team_ids` the teams they are in;
    `organization_id` is the organization that a contact has open in the portal.
    """

    user_id: int | None
    name: str
    audience: str
    roles: frozenset[str]
    led_user_ids: frozenset[int]
    organization_id: int | None
    policy: AccessPolicy = field(repr=False)
    team_ids: frozenset[int] = frozenset()

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @property
    def is_staff(self) -> bool:
        """One of the vendor's people, signed in (with or without a role)."""
        return self.user_id is not None and self.audience == Audience.STAFF

    @property
    def is_contact(self) -> bool:
        """A contact of an organization, signed in to the portal."""
        return self.user_id is not None and self.audience == Audience.CONTACT

    @property
    def active_roles(self) -> frozenset[str]:
        """The roles that count: those of the vendor's own people. A contact's are void."""
        return self.roles if self.is_staff else frozenset()

    @property
    def organization_roles(self) -> frozenset[str]:
        """The held roles that open organizations at all. Support roles are none: they work from tickets."""
        return self.active_roles & self.policy.organization_roles

    @property
    def is_lead(self) -> bool:
        return bool(self.active_roles & self.policy.lead_roles)

    def has(self, capability: str) -> bool:
        """Say whether one of the actor's roles holds `capability`, on whatever organization.

        Raises ValueError for a capability that there is none of: a slip of the pen would otherwise refuse everybody.
        """
        if capability not in CAPABILITIES:
            raise ValueError(f"unknown capability: {capability}")
        return any(capability in self.policy.capabilities.get(role, ()) for role in self.active_roles)

    def has_any(self, capabilities: Iterable[str]) -> bool:
        return any(self.has(capability) for capability in capabilities)

    def may_read(self, field_class: FieldClass, *, roles: Iterable[str] | None = None) -> bool:
        """Say whether fields of this class are ever shown to the actor, or through those of its `roles` alone.

        For menus and columns. Whether the fields of one organization are shown, `decide` and `visibility_terms` say.
        """
        through = self.active_roles if roles is None else self.active_roles & frozenset(roles)
        return bool(through & self.policy.field_classes.get(field_class, frozenset()))


@dataclass(frozen=True, kw_only=True)
class Tie:
    """An assignment: a person and an organization in a role. `is_active` says whether it holds today."""

    user_id: int
    role: str
    is_active: bool
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class ContextGrant:
    """Fields of earlier stages opened to the asker until `expires_at`; `stage` None opens every earlier stage."""

    field_class: FieldClass
    expires_at: datetime
    stage: str | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An organization as access sees it. `context_grants` are those given to the asker and not taken back."""

    kind: str
    access_stage: str
    ties: tuple[Tie, ...]
    name: str = ""
    organization_id: int | None = None
    pam_names: tuple[str, ...] = ()
    expected_on_by_stage: Mapping[str, date] = field(default_factory=dict, hash=False)
    context_grants: tuple[ContextGrant, ...] = ()
    open_handoff_receiver_ids: frozenset[int] = frozenset()
    open_handoff_giver_ids: frozenset[int] = frozenset()

    def active_ties_of(self, user_ids: frozenset[int]) -> tuple[Tie, ...]:
        """The assignments of these people that hold today."""
        return tuple(tie for tie in self.ties if tie.is_active and tie.user_id in user_ids)


@dataclass(frozen=True, kw_only=True)
class Term:
    """Organizations of `kind` in one of `stages` that have an active assignment in `role`."""

    role: str
    kind: str
    stages: frozenset[str]

    def covers(self, tie: Tie, subject: Subject, *, in_any_stage: bool = False) -> bool:
        """Say whether `tie`, an active assignment to `subject`, is one that this term means."""
        fits = tie.role == self.role and subject.kind == self.kind
        return fits and (in_any_stage or subject.access_stage in self.stages)


@dataclass(frozen=True, kw_only=True)
class VisibilityTerms:
    """Which organizations somebody has a right to, as a union of parts that a queryset turns into SQL.

    In full: `everything`; `own` terms on active assignments of `user_id`; `led` terms on those of `led_user_ids`; with
    `keeps_handed_over`, the same terms whatever the stage while the assigned person gives a handoff that is open.
    As a summary: active assignments of one of `summary_user_ids` in one of `summary_roles`; open handoffs received by
    one of `summary_user_ids`; the organization `organization_id`. `reach_in` says in Python what the SQL has to mean.
    """

    user_id: int | None = None
    everything: bool = False
    own: tuple[Term, ...] = ()
    led: tuple[Term, ...] = ()
    led_user_ids: frozenset[int] = frozenset()
    keeps_handed_over: bool = False
    summary_roles: tuple[str, ...] = ()
    summary_user_ids: frozenset[int] = frozenset()
    organization_id: int | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing can match: the queryset needs no statement."""
        return not (self.everything or self.own or self.led or self.summary_user_ids) and self.organization_id is None

    def reach_in(self, subject: Subject) -> Reach:
        """How much of `subject` these terms open."""
        if self.everything or self._opens_in_full(subject):
            return Reach.FULL
        return Reach.SUMMARY if self._opens_summary(subject) else Reach.NONE

    def _opens_in_full(self, subject: Subject) -> bool:
        givers = subject.open_handoff_giver_ids if self.keeps_handed_over else frozenset()
        me = frozenset() if self.user_id is None else frozenset({self.user_id})
        return any(
            term.covers(tie, subject, in_any_stage=tie.user_id in givers)
            for people, terms in ((me, self.own), (self.led_user_ids, self.led))
            for tie in subject.active_ties_of(people)
            for term in terms
        )

    def _opens_summary(self, subject: Subject) -> bool:
        return (
            any(tie.role in self.summary_roles for tie in subject.active_ties_of(self.summary_user_ids))
            or bool(self.summary_user_ids & subject.open_handoff_receiver_ids)
            or (self.organization_id is not None and self.organization_id == subject.organization_id)
        )


class ReasonCode(StrEnum):
    """Why somebody sees something or does not, and what to do next. accounts/access_words.py says each in words."""

    # why yes
    SEES_EVERYTHING = "sees_everything"
    ASSIGNED = "assigned"
    LEADS_MEMBER = "leads_member"
    LEADS_RECEIVER = "leads_receiver"
    GIVES_HANDOFF = "gives_handoff"
    RECEIVES_HANDOFF = "receives_handoff"
    PARTICIPANT = "participant"
    PORTAL_OPEN = "portal_open"
    CONTEXT_GRANT = "context_grant"
    # why not
    NO_ROLES = "no_roles"
    NO_TIE = "no_tie"
    STAGE_OUTSIDE = "stage_outside"
    KIND_OUTSIDE = "kind_outside"
    ROLE_REMOVED = "role_removed"
    ASSIGNMENT_ENDED = "assignment_ended"
    SUMMARY_ONLY = "summary_only"
    RIGHT_MISSING = "right_missing"
    ADMIN_NEVER_SIGNS = "admin_never_signs"
    FIELD_CLOSED = "field_closed"
    ANSWERS_NEED_GRANT = "answers_need_grant"
    GRANT_EXPIRED = "grant_expired"
    # what next
    WAIT_FOR_STAGE = "wait_for_stage"
    ASK_OWNER = "ask_owner"
    ASK_ADMIN = "ask_admin"
    ASK_SIGNERS = "ask_signers"
    ASK_FOR_GRANT = "ask_for_grant"
    OPEN_DIRECTORY = "open_directory"
    CHECK_NAME = "check_name"


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason or next step: what, and the facts its sentence needs (codes and dates, never translated text)."""

    code: ReasonCode
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Decision:
    """`allowed` answers what was asked; `scope` says how much of the organization the asker sees at all.

    So a page answers 404 where `scope` is "none", 403 where the asker is inside but not `allowed`.
    """

    allowed: bool
    scope: Reach
    reasons: tuple[Reason, ...]
    next_steps: tuple[Reason, ...] = ()
