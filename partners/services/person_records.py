"""Find all that is kept of one person at an organization, and hand it out (security.md 19).

One address is one person: whoever is a contact of several organizations, or uses the portal, is found with all of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.choices import Audience
from accounts.models import User
from accounts.services import activity, person_data
from common.errors import DomainError, Missing
from common.models import ImportChange
from partners.models import Commitment, Contact, Evidence, Interaction, Stakeholder, Task, TimelineEntry

PERSONAL = ("name", "email", "phone", "job_title")


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person: their rows as contact, in any organization, and their account in the portal."""

    contacts: tuple[Contact, ...]
    user: User | None

    @property
    def contact_ids(self) -> list[int]:
        return [contact.pk for contact in self.contacts]

    @property
    def organization_ids(self) -> list[int]:
        return sorted({contact.organization_id for contact in self.contacts})

    @property
    def label(self) -> str:
        """To be recognized by whoever is asked whether this is the right one."""
        places = ", ".join(sorted(contact.organization.name for contact in self.contacts)) or _("the portal only")
        named = self.contacts[0] if self.contacts else self.user
        return f"{named} <{getattr(named, 'email', '')}> ({places})"


def contact_events() -> Any:
    """The history rows of contacts, which the database writes (pghistory)."""
    return apps.get_model("partners", "ContactEvent")._default_manager.all()


def interaction_events() -> Any:
    return apps.get_model("partners", "InteractionEvent")._default_manager.all()


def work_events(model: str) -> Any:
    """The history of a model of the work, such as "Task"."""
    return apps.get_model("partners", f"{model}Event")._default_manager.all()


def find_person(key: str) -> Person:
    """By e-mail address, or by the id of a contact. Raises Missing, DomainError "not_a_contact" for one of ours."""
    contacts = _by_address(key) if "@" in key else _by_id(key)
    users = User.objects.filter(Q(contact_of__in=contacts) | Q(email=key.lower()), audience=Audience.CONTACT)
    user = users.order_by("pk").distinct().first()
    found = set(contacts) | (set(Contact.objects.filter(user=user)) if user is not None else set())
    if not found and user is None:
        if User.objects.filter(email=key.lower()).exists():
            raise DomainError(_("This is one of our people. Deactivate them instead."), code="not_a_contact")
        raise Missing(_("Nobody is known by this address or id."))
    rows = Contact.objects.filter(pk__in=[contact.pk for contact in found]).select_related("organization")
    return Person(contacts=tuple(rows.order_by("organization_id", "pk")), user=user)


def _by_address(key: str) -> list[Contact]:
    return list(Contact.objects.filter(email__iexact=key.strip()))


def _by_id(key: str) -> list[Contact]:
    try:
        public_id = UUID(key.strip())
    except ValueError:
        return []
    return list(Contact.objects.filter(public_id=public_id))


def words_of(person: Person) -> set[str]:
    """Every name, address and number that the person has or had here."""
    columns = ("name", "email", "phone")
    rows = list(contact_events().filter(pgh_obj_id__in=person.contact_ids).values_list(*columns))
    rows += [tuple(getattr(contact, column) for column in columns) for contact in person.contacts]
    if person.user is not None:
        rows.append((person.user.name, person.user.email, ""))
    return {word for row in rows for word in row if word}


def addresses_of(person: Person) -> set[str]:
    """Those of `words_of` that are addresses, as invitations hold them."""
    return {word.lower() for word in words_of(person) if "@" in word}


@transaction.atomic
def export_person(*, person: Person, now: datetime) -> dict[str, Any]:
    """Everything that is kept about the person, as JSON can hold it. That it was handed out is recorded."""
    found = {name: part(person) for name, part in _PARTS.items()}
    for contact in person.contacts:
        activity.record(
            verb="person.exported",
            target=contact,
            target_name=_("Contact of %(name)s") % {"name": contact.organization.name},
            now=now,
        )
    return {"exported_at": now, **found}


def _contacts(person: Person) -> list[Any]:
    fields = (*PERSONAL, "role", "is_primary", "is_ticket_manager", "timezone", "created_at", "archived_at")
    return [
        {
            "id": str(contact.public_id),
            "organization": contact.organization.name,
            **{name: getattr(contact, name) for name in fields},
            "history": list(
                contact_events()
                .filter(pgh_obj_id=contact.pk)
                .order_by("pgh_id")
                .values("pgh_created_at", "pgh_label", *PERSONAL, "role", "timezone")
            ),
        }
        for contact in person.contacts
    ]


def _relationship(person: Person) -> list[Any]:
    """What is thought of them."""
    rows = Stakeholder.objects.filter(contact__in=person.contact_ids).order_by("pk")
    fields = ("influence", "sentiment", "is_sponsor", "cares_about", "last_two_way_at", "left_on")
    return list(rows.values(*fields, "organization__name"))


def _interactions(person: Person) -> list[Any]:
    rows = Interaction.objects.filter(contacts__in=person.contact_ids).distinct().order_by("happened_at", "id")
    return list(rows.values("happened_at", "kind", "minutes", "summary", "body", "organization__name"))


def _tasks(person: Person) -> list[Any]:
    """Those that were given to them, and those that they ticked off."""
    own = Q(contact__in=person.contact_ids)
    if person.user is not None:
        own |= Q(done_by=person.user)
    rows = Task.objects.filter(own).order_by("created_at", "id")
    return list(rows.values("title", "description", "due_on", "state", "done_at", "organization__name"))


def _evidence(person: Person) -> list[Any]:
    """What they added beside tasks; of files the name and the digest."""
    if person.user is None:
        return []
    rows = Evidence.objects.filter(added_by=person.user).order_by("added_at", "id")
    files = ("file__original_name", "file__sha256")
    return list(rows.values("added_at", "kind", "url", "note", *files, "removed_at", "organization__name"))


def _commitments(person: Person) -> list[Any]:
    rows = Commitment.objects.filter(contact__in=person.contact_ids).order_by("made_at", "id")
    return list(rows.values("made_at", "side", "title", "due_on", "state", "outcome_note", "organization__name"))


def _timeline(person: Person) -> list[Any]:
    rows = TimelineEntry.objects.filter(target_type="contact", target_id__in=person.contact_ids).order_by("at", "id")
    return list(rows.values("at", "kind", "title", "body", "organization__name"))


def _imports(person: Person) -> list[Any]:
    rows = ImportChange.objects.filter(target_type="contact", target_id__in=person.contact_ids).order_by("pk")
    return list(rows.values("run__created_at", "row", "before", "after"))


def _invitations(person: Person) -> list[Any]:
    rows = person_data.invitations_of(
        emails=addresses_of(person), contact_ids=person.contact_ids, user=person.user
    ).order_by("created_at")
    return list(rows.values("email", "name", "created_at", "expires_at", "accepted_at", "revoked_at"))


def _trail(person: Person) -> list[Any]:
    rows = person_data.trail_of(user=person.user, contact_ids=person.contact_ids)
    return list(rows.values("at", "verb", "target_type", "target_name", "actor_name", "changes", "address"))


_PARTS: dict[str, Callable[[Person], Any]] = {
    "contacts": _contacts,
    "portal_account": lambda person: person_data.user_data(person.user) if person.user is not None else None,
    "relationship": _relationship,
    "interactions": _interactions,
    "tasks": _tasks,
    "evidence": _evidence,
    "commitments": _commitments,
    "timeline": _timeline,
    "invitations": _invitations,
    "imports": _imports,
    "audit_trail": _trail,
}


def register_part(name: str, part: Callable[[Person], Any]) -> None:
    """What an upper floor keeps of people; called once, when its app is ready."""
    _PARTS[name] = part
