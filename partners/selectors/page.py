"""The head of an organization's page: what it is, how much of it the reader sees, what they may do here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, Func, JSONField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from accounts.holiday_names import country_name
from accounts.labels import language_name
from accounts.rules.access import Actor, FieldClass, Right, Subject, can, decide
from accounts.rules.access import ContextGrant as OpenedFields
from common import composed
from common.addresses import address
from common.templatetags.format import money
from partners import permissions
from partners.choices import LAUNCHED_STAGES, ContactRole, GrantState
from partners.models import Contact, ContextGrant, Organization, OrganizationFacts
from partners.selectors.listing import OrganizationRow, organization_rows, subject_of_row, with_row_facts
from partners.selectors.marks import ShownMark, known_marks


@dataclass(frozen=True, kw_only=True)
class PrimaryContact:
    name: str
    email: str
    phone: str
    role_label: str


@dataclass(frozen=True, kw_only=True)
class NextDate:
    """The day one works towards. `is_late`: it has passed."""

    label: str
    on: date
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of the profile."""

    label: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class OrganizationPage:
    """An organization in the hands of its reader: read in one statement, whatever is asked of it afterwards."""

    actor: Actor
    organization: Any
    row: OrganizationRow
    now: datetime
    # The primary contact: name, address, phone, role; empty where there is none.
    contact: Sequence[str] = ()
    # What the marks of upper floors read, by their keys.
    marked: Mapping[str, Any] = field(default_factory=dict)
    # What panels of the overview were read with it, by the same keys.
    in_short: Mapping[str, Any] = field(default_factory=dict)

    @property
    def marks(self) -> list[ShownMark]:
        """What upper floors have to say of it; nothing to those who know the summary alone."""
        said = ((mark, mark.say(self.marked.get(mark.key))) for mark in known_marks() if self.is_open)
        return [
            ShownMark(
                label=str(mark.label),
                words=words[0],
                tone=words[1],
                icon=mark.icon,
                url=address(mark.url_name, self.row.public_id),
            )
            for mark, words in said
            if words is not None
        ]

    @cached_property
    def subject(self) -> Subject:
        """The organization as the policy sees it today; context grants are read where they matter."""
        row = self.row
        return subject_of_row(
            pk=row.pk,
            kind=row.kind,
            stage=row.stage,
            owners=row.owners,
            handoffs=row.open_handoffs,
            name=row.name,
        )

    @cached_property
    def subject_with_grants(self) -> Subject:
        """The same with the context grants that the reader was given: one statement."""
        given = composed.fetch(_given, self.actor, gaps=(self.row.pk,))
        grants = tuple(OpenedFields(field_class=FieldClass.ANSWERS, expires_at=at) for (at,) in given if at)
        return replace(self.subject, context_grants=grants)

    @property
    def is_open(self) -> bool:
        """False for those who know the summary alone."""
        return self.row.is_open

    @property
    def is_archived(self) -> bool:
        return self.row.is_archived

    @cached_property
    def shows_commercial(self) -> bool:
        return decide(self.actor, Right.SEE, self.subject, FieldClass.COMMERCIAL).allowed

    @cached_property
    def may_edit(self) -> bool:
        return not self.is_archived and permissions.can_edit(self.actor, self.organization, subject=self.subject)

    @cached_property
    def may_log(self) -> bool:
        return not self.is_archived and can(self.actor, "log_interaction", self.subject)

    @cached_property
    def may_assign(self) -> bool:
        return not self.is_archived and can(self.actor, "assign_owners", self.subject)

    @cached_property
    def may_edit_contacts(self) -> bool:
        return not self.is_archived and self._may_work_with("edit_contacts")

    @cached_property
    def may_invite(self) -> bool:
        return not self.is_archived and self._may_work_with("invite_contact")

    @cached_property
    def may_hand_on(self) -> bool:
        """Whether the reader holds it in a role to give on; which handoffs there are, `handoff_ways` says."""
        mine = self.subject.active_ties_of(frozenset({self.actor.user_id or 0}))
        return not self.is_archived and any(tie.role in self.actor.active_roles for tie in mine)

    @cached_property
    def may_classify(self) -> bool:
        return not self.is_archived and can(self.actor, "change_tier", self.subject)

    @cached_property
    def may_archive(self) -> bool:
        return self.actor.has("delete_organization")

    @cached_property
    def may_decide_grants(self) -> bool:
        return can(self.actor, "decide_context_grant", self.subject)

    @property
    def needs_grant(self) -> bool:
        """The reader sees earlier stages as a summary and would need a grant for the answers."""
        return self.is_open and not decide(self.actor, Right.SEE, self.subject, FieldClass.ANSWERS).allowed

    @property
    def primary_contact(self) -> PrimaryContact | None:
        if not self.contact or not self.is_open:
            return None
        name, email, phone, role = self.contact
        return PrimaryContact(name=name, email=email, phone=phone, role_label=str(ContactRole(role).label))

    @property
    def next_date(self) -> NextDate | None:
        target = self.row.target_launch_on
        if target is None or self.row.stage in LAUNCHED_STAGES:
            return None
        return NextDate(label=_("Target launch"), on=target, is_late=self.row.is_late)

    @property
    def country(self) -> str:
        return country_name(self.row.country)

    @cached_property
    def profile(self) -> list[Fact]:
        """What is known of it, without empty lines; the summary's part for those who see no more."""
        names = _PROFILE if self.is_open else _SUMMARY_PROFILE
        facts = [Fact(label=_label(name), value=fact_in_words(self.organization, name)) for name in names]
        website = self.organization.website if self.is_open else ""
        if website:
            facts.insert(0, Fact(label=_label("website"), value=website.partition("://")[2].rstrip("/"), url=website))
        return [fact for fact in facts if fact.value]

    @property
    def amounts(self) -> list[Fact]:
        """The commercial figures of its kind; the caller has made sure that they are the reader's to see."""
        names = ("ccv", "country_lrp") if self.row.kind == "partner" else ("arr",)
        currency = self.row.currency
        return [Fact(label=_label(name), value=money(getattr(self.organization, name), currency)) for name in names]

    def _may_work_with(self, capability: str) -> bool:
        return permissions.can_work_with(self.actor, capability, self.organization, subject=self.subject)


_SUMMARY_PROFILE = ("country", "timezone")
_PROFILE = (
    "industry",
    "country",
    "timezone",
    "language",
    "market_segment",
    "edition",
    "deployment",
    "licenses",
    "expected_adoption",
    "source",
    "external_key",
)


def _given(actor: Actor, organization_id: int) -> "QuerySet[Any, Any]":
    """When the context grants end that `actor` was given."""
    own = ContextGrant.objects.visible_to(actor).filter(user_id=actor.user_id or 0, state=GrantState.GIVEN)
    return own.filter(organization_id=organization_id).order_by().values_list("expires_at")


def _label(name: str) -> str:
    words = str(Organization._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def fact_in_words(organization: Any, name: str) -> str:
    """A fact of an organization as people read it; "" where it is not known."""
    value = getattr(organization, name)
    if value in (None, ""):
        return ""
    if name == "country":
        return country_name(value)
    if name == "language":
        return language_name(value)
    shown = getattr(organization, f"get_{name}_display", None)
    return str(shown() if shown else value).replace("_", " ")


def organization_page(
    actor: Actor, public_id: UUID, *, now: datetime, with_panels: bool = False
) -> OrganizationPage | None:
    """The page of an organization that `actor` sees, archived ones included; None for foreign and missing alike.

    With what panels of the overview say, where they are shown.
    """
    marks = known_marks()
    keys = [mark.key for mark in marks if mark.read_short] if with_panels else []
    found = composed.fetch(_found, actor, gaps=(public_id, *((now, now - IN_SHORT) if keys else ())))
    if not found:
        return None
    values = dict(zip(_COLUMNS, found[0], strict=False))
    marked = dict(zip((mark.key for mark in marks), found[0][len(_COLUMNS) :], strict=False))
    short = dict(zip(keys, map(json.loads, found[0][len(_COLUMNS) + len(marks) :]), strict=True))
    for name in _JSON:
        values[name] = json.loads(values[name]) if values[name] is not None else None
    organization = Organization.from_db(DEFAULT_DB_ALIAS, _OWN, [values[name] for name in _OWN])
    facts = [values[f"facts__{name}"] for name in _FACTS]
    organization.facts = OrganizationFacts.from_db(DEFAULT_DB_ALIAS, _FACTS, facts)
    row = organization_rows([values], actor=actor, now=now)[0]
    return OrganizationPage(
        actor=actor,
        organization=organization,
        row=row,
        now=now,
        contact=values["primary_contact"] or (),
        marked=marked,
        in_short=short,
    )


IN_SHORT = timedelta(days=90)
"""How far back panels of the overview look."""
_CONTACT = Func(F("name"), F("email"), F("phone"), F("role"), function="jsonb_build_array", output_field=JSONField())
_OWN = [column.attname for column in Organization._meta.concrete_fields]
_FACTS = [column.attname for column in OrganizationFacts._meta.concrete_fields]
_COLUMNS = (
    *_OWN,
    *(f"facts__{name}" for name in _FACTS),
    "owner_rows",
    "via_partner_row",
    "handoff_rows",
    "primary_contact",
)
_JSON = (*_COLUMNS[-4:], "facts__receipts", "facts__policy_versions", "facts__health_reason")


def _found(actor: Actor, public_id: UUID, *moments: datetime) -> "QuerySet[Any, Any]":
    primary = Contact.objects.visible_to(actor).filter(
        organization_id=OuterRef("pk"), is_primary=True, archived_at__isnull=True
    )
    contact = Subquery(primary.values(found=_CONTACT)[:1])
    seen = with_row_facts(Organization.objects.visible_to(actor)).annotate(primary_contact=contact)
    marks = {f"mark_{mark.key}": mark.read(actor) for mark in known_marks()}
    if moments:
        marks |= {f"short_{mark.key}": mark.read_short(actor, *moments) for mark in known_marks() if mark.read_short}
    return seen.annotate(**marks).filter(public_id=public_id).order_by().values_list(*_COLUMNS, *marks)[:1]
