"""What the map of people knows that a gate may wait for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.addresses import address
from partners.gate_checks import Asked, GateCheck, found, register
from partners.models import Stakeholder
from partners.record_policy import policy_in_force
from partners.rules.gates import FactState
from partners.rules.record_packs import PeoplePolicy
from partners.rules.stakeholders import Person, in_contact
from partners.selectors.gate_state import local_day

DEFAULTS = PeoplePolicy(contact_days=90, sponsor_quiet_days=45)


def offer() -> None:
    """Called once, when the app is ready."""
    for name, label, check in (
        ("executive_sponsor_known", gettext_lazy("An executive sponsor is known"), _sponsor_known),
        ("no_single_thread", gettext_lazy("Contact does not hang on one person"), _no_single_thread),
    ):
        register(GateCheck(name=name, label=label, check=check, place=_place))


def _place(organization: object) -> str:
    return address("partners:organization_record", organization)


def _people(asked: Asked) -> list[Person]:
    rows = Stakeholder.objects.filter(
        organization=asked.organization, left_on__isnull=True, contact__archived_at__isnull=True
    )
    return [
        Person(
            id=row.pk,
            name=row.contact.name,
            role=row.contact.role,
            is_sponsor=row.is_sponsor,
            last_two_way_on=local_day(asked.organization, row.last_two_way_at) if row.last_two_way_at else None,
        )
        for row in rows.select_related("contact").order_by("pk")
    ]


def _sponsor_known(asked: Asked) -> FactState:
    """Somebody who is an executive there is marked as sponsor, and still there."""
    names = [person.name for person in _people(asked) if person.is_sponsor and person.is_executive]
    if names:
        return found(True, _("%(name)s is the executive sponsor.") % {"name": names[0]})
    return found(False, _("No executive is marked as sponsor."))


def _no_single_thread(asked: Asked) -> FactState:
    """At least two people who count talked with us lately."""
    policy = policy_in_force()
    people = policy.people if policy is not None else DEFAULTS
    today = local_day(asked.organization, asked.now)
    talking = [person.name for person in _people(asked) if in_contact(person, today, people)]
    words = {"days": people.contact_days, "name": talking[0] if talking else "", "count": len(talking)}
    if len(talking) >= 2:
        return found(True, _("%(count)s people who count talked with us within %(days)s days.") % words)
    if talking:
        return found(False, _("Within %(days)s days only %(name)s talked with us.") % words)
    return found(False, _("Within %(days)s days nobody who counts talked with us.") % words)
