"""Use cases of interactions: logged in a minute, edited and archived by their author, each a line of the timeline.

Lock order: the organization, then the interaction. The facts of the organization follow in the same transaction.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import Conflict, DomainError, Missing, NotAllowed
from common.jobs import enqueue_on_commit
from partners import permissions
from partners.choices import EntryKind
from partners.models import (
    Contact,
    Interaction,
    InteractionContact,
    Organization,
    OrganizationFacts,
    TimelineEntry,
)
from partners.services import stakeholder_facts, timeline
from partners.services.locking import lock_organization, refuse_archived
from partners.services.validation import check_fields, clean

WRITABLE_FIELDS = frozenset({"kind", "happened_at", "minutes", "summary", "body", "is_two_way", "template"})
# What people wrote is shown as Markdown, which has this cap (security.md 10).
MAX_BODY = 32 * 1024
# Clocks of browsers run ahead a little.
_TOLERANCE = timedelta(minutes=5)
# A year 1 typed by mistake lies before all days in some time zone, and no page could show its line.
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@transaction.atomic
def log_interaction(
    *,
    by: Actor,
    organization: Organization,
    values: Mapping[str, Any],
    contacts: Iterable[Contact] = (),
    now: datetime,
) -> Interaction:
    """Log what happened with an organization; `happened_at` is now unless given.

    Raises NotAllowed; DomainError with `field` (no summary, a day in the future, a contact of somebody else).
    """
    locked = _locked_for(by, organization)
    refuse_archived(locked)
    check_fields(values, WRITABLE_FIELDS)
    interaction = Interaction(organization=locked, author_id=by.user_id, **({"happened_at": now} | dict(values)))
    _check(interaction, now)
    interaction.save()
    _add_contacts(interaction, contacts)
    _add_line(interaction)
    _raise_facts(interaction)
    if interaction.is_two_way:
        stakeholder_facts.refresh([locked.pk], now=now)
    _record(by, "interaction.logged", interaction, now, {"kind": [None, interaction.kind]})
    if interaction.is_two_way:
        # It may keep a touchpoint that is due soon.
        enqueue_on_commit("partners.plan_touchpoints_of", organization_id=locked.pk)
    return interaction


@transaction.atomic
def log_mail(
    *,
    organization: Organization,
    author_id: int | None,
    values: Mapping[str, Any],
    contacts: Iterable[Contact],
    now: datetime,
) -> Interaction:
    """Log a mail that was sent in; the caller has made sure of its sender. Raises DomainError for an archived one."""
    locked = lock_organization(organization)
    refuse_archived(locked)
    interaction = Interaction(organization=locked, kind="mail", author_id=author_id, happened_at=now, **values)
    _check(interaction, now)
    interaction.save()
    _add_contacts(interaction, contacts)
    _add_line(interaction)
    _raise_facts(interaction)
    activity.record(
        actor_id=author_id,
        verb="interaction.mailed_in",
        target=interaction,
        target_name=_("Interaction with %(name)s") % {"name": locked.name},
        changes={"kind": [None, interaction.kind]},
        now=now,
    )
    if interaction.is_two_way:
        enqueue_on_commit("partners.plan_touchpoints_of", organization_id=locked.pk)
    return interaction


@transaction.atomic
def edit_interaction(
    *,
    by: Actor,
    interaction: Interaction,
    values: Mapping[str, Any],
    contacts: Iterable[Contact] | None = None,
    version: int,
    now: datetime,
) -> Interaction:
    """Change an own interaction (an admin: any); `contacts` None leaves them as they are.

    Raises NotAllowed, Conflict with the fields as they are, DomainError with `field`.
    """
    locked = _locked(by, interaction)
    check_fields(values, WRITABLE_FIELDS)
    before = {name: getattr(locked, name) for name in values}
    if locked.version != version:
        message = _("Somebody changed this interaction while you were editing it.")
        raise Conflict(message, version=locked.version, current=before)
    changes = activity.changes_between(before, values)
    people = None if contacts is None else list(contacts)
    if not changes and (people is None or not _differ(locked, people)):
        return locked
    for name in changes:
        setattr(locked, name, values[name])
    _check(locked, now)
    locked.version += 1
    locked.save(update_fields=[*changes, "version", "updated_at"])
    if people is not None:
        _set_contacts(locked, people)
    _follow(locked, now)
    # What was said may be personal: the trail says which fields changed, the row's own history holds the words.
    _record(by, "interaction.edited", locked, now, {name: ["*", "*"] for name in changes})
    return locked


@transaction.atomic
def archive_interaction(*, by: Actor, interaction: Interaction, now: datetime) -> Interaction:
    """Take an interaction out of the timeline; `restore_interaction` undoes it. Raises NotAllowed."""
    return _set_archived(by, interaction, at=now, verb="interaction.archived", now=now)


@transaction.atomic
def restore_interaction(*, by: Actor, interaction: Interaction, now: datetime) -> Interaction:
    """Undo of `archive_interaction`. Raises NotAllowed."""
    return _set_archived(by, interaction, at=None, verb="interaction.restored", now=now)


def _set_archived(by: Actor, interaction: Interaction, *, at: datetime | None, verb: str, now: datetime) -> Interaction:
    locked = _locked(by, interaction)
    if (locked.archived_at is None) == (at is None):
        return locked
    before = locked.archived_at
    locked.archived_at = at
    locked.version += 1
    locked.save(update_fields=["archived_at", "version", "updated_at"])
    _follow(locked, now)
    _record(by, verb, locked, now, {"archived_at": [before, at]})
    return locked


def _locked_for(by: Actor, organization: Organization) -> Organization:
    locked = lock_organization(organization)
    if not permissions.can_use(by, "log_interaction", locked):
        raise NotAllowed(_("You may not log interactions with this organization."))
    return locked


def _locked(by: Actor, interaction: Interaction) -> Interaction:
    """The interaction as it is now. Raises Missing, and NotAllowed for other people's ones."""
    _locked_for(by, interaction.organization)
    try:
        locked: Interaction = Interaction.objects.select_for_update(no_key=True).get(pk=interaction.pk)
    except Interaction.DoesNotExist:
        raise Missing(_("This interaction does not exist, or it is not yours.")) from None
    if not permissions.can_edit_interaction(by, locked):
        raise NotAllowed(_("Only its author and administrators change an interaction."))
    return locked


def _check(interaction: Interaction, now: datetime) -> None:
    interaction.summary = interaction.summary.strip()
    clean(interaction, WRITABLE_FIELDS)
    if interaction.happened_at > now + _TOLERANCE:
        raise DomainError(_("This lies in the future: log what has happened."), field="happened_at", code="future")
    if interaction.happened_at < _EARLIEST:
        raise DomainError(_("This lies too far in the past."), field="happened_at", code="past")
    if len(interaction.body.encode()) > MAX_BODY:
        raise DomainError(_("These notes are too long; 32 KiB is the most."), field="body", code="too_long")


def _set_contacts(interaction: Interaction, contacts: Iterable[Contact]) -> None:
    InteractionContact.objects.filter(interaction=interaction).delete()
    _add_contacts(interaction, contacts)


def _add_contacts(interaction: Interaction, contacts: Iterable[Contact]) -> None:
    people = dict.fromkeys(contacts)
    if any(contact.organization_id != interaction.organization_id for contact in people):
        raise DomainError(_("Choose contacts of this organization."), field="contacts")
    InteractionContact.objects.bulk_create(
        InteractionContact(organization_id=interaction.organization_id, interaction=interaction, contact=contact)
        for contact in people
    )


def _differ(interaction: Interaction, contacts: list[Contact]) -> bool:
    known = InteractionContact.objects.filter(interaction=interaction).values_list("contact_id", flat=True)
    return set(known) != {contact.pk for contact in contacts}


def _follow(interaction: Interaction, now: datetime) -> None:
    """Bring the line of the timeline and the facts of organization and people in step with a changed interaction."""
    lines = TimelineEntry.objects.filter(
        organization_id=interaction.organization_id, target_type="interaction", target_id=interaction.pk
    )
    if interaction.archived_at is not None:
        lines.delete()
    elif not lines.update(
        title=interaction.summary[:250], body=interaction.body, at=interaction.happened_at, data=_data(interaction)
    ):
        _add_line(interaction)
    latest = Interaction.objects.filter(
        organization_id=interaction.organization_id, archived_at__isnull=True
    ).aggregate(last=Max("happened_at"), two_way=Max("happened_at", filter=Q(is_two_way=True)))
    OrganizationFacts.objects.filter(organization_id=interaction.organization_id).update(
        last_interaction_at=latest["last"], last_two_way_at=latest["two_way"]
    )
    stakeholder_facts.refresh([interaction.organization_id], now=now)


def _add_line(interaction: Interaction) -> None:
    entry = timeline.line(
        organization=interaction.organization,
        kind=EntryKind.INTERACTION,
        title=interaction.summary,
        body=interaction.body,
        data=_data(interaction),
        at=interaction.happened_at,
        by=None,
        target=interaction,
    )
    # Whoever restores or corrects it: it stays its author's.
    entry.actor_id = interaction.author_id
    timeline.push_many([entry])


def _raise_facts(interaction: Interaction) -> None:
    """A new interaction can only be later than the latest, or change nothing."""
    at = Value(interaction.happened_at)
    latest = {"last_interaction_at": Greatest("last_interaction_at", at)}
    if interaction.is_two_way:
        latest["last_two_way_at"] = Greatest("last_two_way_at", at)
    OrganizationFacts.objects.filter(organization_id=interaction.organization_id).update(**latest)


def _data(interaction: Interaction) -> dict[str, Any]:
    return {"kind": interaction.kind, "minutes": interaction.minutes, "is_two_way": interaction.is_two_way}


def _record(by: Actor, verb: str, interaction: Interaction, now: datetime, changes: Mapping[str, Any]) -> None:
    activity.record(
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        target=interaction,
        target_name=_("Interaction with %(name)s") % {"name": interaction.organization.name},
        changes=changes,
        now=now,
    )
