"""Predicates on one organization: the policy's answer with the organization's own ties read once."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.rules.access import (
    Actor,
    ContextGrant,
    Decision,
    FieldClass,
    Reach,
    Right,
    Subject,
    Tie,
    can,
    can_everywhere,
    decide,
    visibility_terms,
)
from partners.choices import GrantState, OrganizationKind
from partners.models import Interaction, Organization
from partners.work_choices import OPEN_HANDOFFS

# The record of another system that an organization is: unique among all, so that a refusal would tell of one.
ORIGIN_FIELDS = frozenset({"source", "external_key"})


def may_write_origin(actor: Actor) -> bool:
    """Whether `actor` may write ORIGIN_FIELDS: those may who see every organization anyway."""
    return visibility_terms(actor).everything


def subject_of(organization: Organization, *, grants_for: int | None = None) -> Subject:
    """The organization as the policy sees it: its present and past assignments, and the grants given to one person."""
    pk, handoffs = organization.pk, [state.value for state in OPEN_HANDOFFS]
    with connection.cursor() as cursor:
        cursor.execute(_TIES, [pk, pk, handoffs, pk, grants_for, GrantState.GIVEN.value])
        held, handed, expiries = cursor.fetchone() or (None, None, None)
    ties = json.loads(held or "[]")
    return _subject(
        organization,
        tuple(Tie(user_id=user_id, role=role, is_active=active, name=name) for user_id, role, active, name in ties),
        tuple(ContextGrant(field_class=FieldClass.ANSWERS, expires_at=at) for at in expiries or ()),
        tuple(json.loads(handed or "[]")),
    )


# Its assignments as person, role, whether they hold, name; its open handoffs as giver and receiver; when the grants end
# that one person was given. Written out: pages and writes alike begin with it, and so it is one statement.
_TIES = """
SELECT
    (SELECT jsonb_agg(jsonb_build_array(held.user_id, held.role, held.ended_at IS NULL, who.name)
        ORDER BY held.role, held.id)
        FROM partners_assignment held JOIN accounts_user who ON who.id = held.user_id
        WHERE held.organization_id = %s),
    (SELECT jsonb_agg(jsonb_build_array(passed.giver_id, passed.receiver_id))
        FROM partners_handoff passed
        WHERE passed.organization_id = %s AND passed.state = ANY (%s)),
    (SELECT array_agg(expires_at) FROM partners_contextgrant
        WHERE organization_id = %s AND user_id = %s AND state = %s
        AND expires_at IS NOT NULL)
"""


def build_subject(
    organization: Organization,
    assignments: Iterable[Any],
    grants: tuple[ContextGrant, ...] = (),
    *,
    open_handoffs: Iterable[tuple[int, int]] = (),
) -> Subject:
    """The same from rows that a page has read already (each with its `user`); handoffs as (giver, receiver)."""
    ties = tuple(
        Tie(user_id=row.user_id, role=row.role, is_active=row.ended_at is None, name=row.user.name)
        for row in assignments
    )
    return _subject(organization, ties, grants, tuple(open_handoffs))


def _subject(
    organization: Organization,
    ties: tuple[Tie, ...],
    grants: tuple[ContextGrant, ...],
    handed: Collection[tuple[int, int]],
) -> Subject:
    return Subject(
        kind=organization.kind,
        access_stage=organization.stage,
        ties=ties,
        name=organization.name,
        organization_id=organization.pk,
        pam_names=tuple(tie.name for tie in ties if tie.role == "pam" and tie.is_active),
        context_grants=grants,
        open_handoff_giver_ids=frozenset(giver for giver, _ in handed),
        open_handoff_receiver_ids=frozenset(receiver for _, receiver in handed),
    )


def may(
    actor: Actor,
    right: Right,
    organization: Organization,
    field_class: FieldClass = FieldClass.GENERAL,
    *,
    subject: Subject | None = None,
) -> Decision:
    """The policy's decision for `actor` on `organization`."""
    subject = subject or subject_of(organization, grants_for=actor.user_id)
    return decide(actor, right, subject, field_class, now=timezone.now())


def can_create(actor: Actor, kind: str) -> bool:
    """Only PAM and Admin create partners; CSM lead and Admin create customers (as the loaded policy says)."""
    return actor.has("create_partner" if kind == OrganizationKind.PARTNER else "create_customer")


def can_edit(actor: Actor, organization: Organization, *, subject: Subject | None = None) -> bool:
    """Edit by the right to work on it, in a role that edits facts."""
    subject = subject or subject_of(organization)
    return actor.has("edit_organization") and decide(actor, Right.WORK, subject).allowed


def can_use(actor: Actor, capability: str, organization: Organization, *, subject: Subject | None = None) -> bool:
    """Whether `actor` may use an organization-bound capability ("assign_owners", "invite_contact", ...) here."""
    if subject is None and can_everywhere(actor, capability):
        return True
    return can(actor, capability, subject or subject_of(organization))


def can_work_with(actor: Actor, capability: str, organization: Organization, *, subject: Subject | None = None) -> bool:
    """Whether `actor` holds a capability that goes with work ("edit_contacts", "invite_contact") and works here now."""
    if subject is None and can_everywhere(actor, capability, Right.WORK):
        return True
    subject = subject or subject_of(organization)
    return can(actor, capability, subject) and decide(actor, Right.WORK, subject).allowed


def can_edit_interaction(actor: Actor, interaction: Interaction) -> bool:
    """Its author, and those who work everywhere; logging on the organization must be theirs as well."""
    return interaction.author_id == actor.user_id or bool(actor.active_roles & actor.policy.work_all)


def may_read_fields(
    actor: Actor, organization: Organization, field_class: FieldClass, *, subject: Subject | None = None
) -> bool:
    """Whether fields of this class are shown to `actor` on this organization."""
    return may(actor, Right.SEE, organization, field_class, subject=subject).allowed


def can_record_loss(actor: Actor, organization: Organization, *, subject: Subject | None = None) -> bool:
    """Who works on it now and reads its commercial fields."""
    subject = subject or subject_of(organization)
    works = decide(actor, Right.WORK, subject).allowed
    return works and may_read_fields(actor, organization, FieldClass.COMMERCIAL, subject=subject)


def opens_in_full(actor: Actor, organization: Organization, *, subject: Subject | None = None) -> bool:
    """False for those who know the summary alone (participants, receivers of a handoff)."""
    return may(actor, Right.SEE, organization, subject=subject).scope is Reach.FULL
