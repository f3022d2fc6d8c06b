"""What can be imported, field by field: how a cell is read and by which names its column is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.choices import ASSIGNMENT_ROLES
from accounts.labels import role_label
from partners.choices import ContactRole, MarketSegment, OrganizationKind, Stage
from partners.rules import import_values as values
from partners.rules.import_values import Options

Reader = Callable[[str, Options], Any]


@dataclass(frozen=True, kw_only=True)
class ImportField:
    """One field. `column_type` is the SQL type of its staging column; an empty cell is None unless `required`."""

    name: str
    label: str | Promise
    read: Reader
    column_type: str
    required: bool = False
    aliases: tuple[str, ...] = ()
    default: Any = None


@dataclass(frozen=True, kw_only=True)
class ImportKind:
    key: str
    label: str | Promise
    fields: tuple[ImportField, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    @property
    def aliases(self) -> dict[str, tuple[str, ...]]:
        return {field.name: field.aliases for field in self.fields}


def _text(limit: int) -> Reader:
    return lambda cell, options: values.as_text(cell, limit=limit)


def _labels(choices: Any) -> dict[str, str]:
    return {value: str(label) for value, label in choices.choices}


def _roles() -> dict[str, str]:
    return {role: str(role_label(role)) for role in sorted(ASSIGNMENT_ROLES)}


def _code(length: int) -> Reader:
    return lambda cell, options: values.as_code(cell, length=length)


_ORGANIZATION_REF = (
    ImportField(
        name="organization_key",
        label=_("Organization's external key"),
        read=_text(120),
        column_type="text",
        aliases=("customer_id", "account_id", "organization id", "company id", "external key"),
    ),
    ImportField(
        name="organization_name",
        label=_("Organization's name"),
        read=_text(200),
        column_type="text",
        aliases=("organization", "company", "account", "customer", "partner", "account name", "company name"),
    ),
    ImportField(name="source", label=_("Source"), read=_text(60), column_type="text", default=""),
)

ORGANIZATIONS = ImportKind(
    key="organizations",
    label=_("Organizations"),
    fields=(
        ImportField(
            name="external_key",
            label=_("External key"),
            read=_text(120),
            column_type="text",
            aliases=("id", "customer_id", "account_id", "organization id", "company id", "key"),
        ),
        ImportField(name="source", label=_("Source"), read=_text(60), column_type="text", default=""),
        ImportField(
            name="name",
            label=_("Name"),
            read=_text(200),
            column_type="text",
            required=True,
            aliases=("company", "company name", "account name", "customer name", "organization", "partner name"),
        ),
        ImportField(
            name="kind",
            label=_("Kind"),
            read=lambda cell, options: values.as_choice(cell, _labels(OrganizationKind)),
            column_type="text",
            required=True,
            aliases=("type",),
        ),
        ImportField(
            name="stage",
            label=_("Stage"),
            read=lambda cell, options: values.as_choice(cell, _labels(Stage)),
            column_type="text",
            aliases=("gate", "phase", "lifecycle stage"),
        ),
        ImportField(
            name="stage_entered_on",
            label=_("In this stage since"),
            read=values.as_day,
            column_type="date",
            aliases=("since", "signup date", "start date", "created", "created date"),
        ),
        ImportField(name="summary", label=_("Summary"), read=_text(5000), column_type="text", aliases=("description",)),
        ImportField(
            name="website",
            label=_("Website"),
            read=lambda cell, options: values.as_website(cell),
            column_type="text",
            aliases=("url", "domain", "web"),
        ),
        ImportField(name="industry", label=_("Industry"), read=_text(80), column_type="text", aliases=("sector",)),
        ImportField(name="country", label=_("Country"), read=_code(2), column_type="text", aliases=("country code",)),
        ImportField(
            name="timezone",
            label=_("Time zone"),
            read=lambda cell, options: values.as_timezone(cell),
            column_type="text",
            aliases=("tz", "timezone"),
        ),
        ImportField(name="currency", label=_("Currency"), read=_code(3), column_type="text"),
        ImportField(
            name="ccv",
            label=_("Committed contract value"),
            read=values.as_amount,
            column_type="numeric(16,2)",
            aliases=("contract value", "committed contract value"),
        ),
        ImportField(
            name="country_lrp",
            label=_("Country long-range plan"),
            read=values.as_amount,
            column_type="numeric(16,2)",
            aliases=("lrp", "long range plan"),
        ),
        ImportField(
            name="arr",
            label=_("Annual recurring revenue"),
            read=values.as_amount,
            column_type="numeric(16,2)",
            aliases=("annual recurring revenue", "arr amount"),
        ),
        ImportField(
            name="market_segment",
            label=_("Market segment"),
            read=lambda cell, options: values.as_choice(cell, _labels(MarketSegment)),
            column_type="text",
            aliases=("segment",),
        ),
        ImportField(
            name="edition", label=_("Edition"), read=_text(60), column_type="text", aliases=("plan", "plan tier")
        ),
        ImportField(name="deployment", label=_("Deployment"), read=_text(60), column_type="text"),
        ImportField(
            name="licenses",
            label=_("Licenses"),
            read=lambda cell, options: values.as_count(cell, largest=2_000_000_000),
            column_type="integer",
            aliases=("seats", "users", "licences"),
        ),
        ImportField(
            name="target_launch_on",
            label=_("Target launch"),
            read=values.as_day,
            column_type="date",
            aliases=("go live", "target date", "target launch date"),
        ),
        ImportField(
            name="launched_on",
            label=_("Launched"),
            read=values.as_day,
            column_type="date",
            aliases=("launch date", "live since"),
        ),
    ),
)

CONTACTS = ImportKind(
    key="contacts",
    label=_("Contacts"),
    fields=(
        *_ORGANIZATION_REF,
        ImportField(
            name="name",
            label=_("Name"),
            read=_text(150),
            column_type="text",
            required=True,
            aliases=("full name", "contact", "contact name"),
        ),
        ImportField(
            name="email",
            label=_("E-mail address"),
            read=lambda cell, options: values.as_email(cell),
            column_type="text",
            aliases=("mail", "e-mail", "email address"),
        ),
        ImportField(
            name="phone", label=_("Phone"), read=_text(40), column_type="text", aliases=("telephone", "mobile")
        ),
        ImportField(name="job_title", label=_("Job title"), read=_text(120), column_type="text", aliases=("title",)),
        ImportField(
            name="role",
            label=_("Role"),
            read=lambda cell, options: values.as_choice(cell, _labels(ContactRole)),
            column_type="text",
        ),
        ImportField(
            name="timezone",
            label=_("Time zone"),
            read=lambda cell, options: values.as_timezone(cell),
            column_type="text",
        ),
    ),
)

ASSIGNMENTS = ImportKind(
    key="assignments",
    label=_("Owners and participants"),
    fields=(
        *_ORGANIZATION_REF,
        ImportField(
            name="user_email",
            label=_("Colleague's e-mail address"),
            read=lambda cell, options: values.as_email(cell),
            column_type="text",
            required=True,
            aliases=("owner", "email", "owner email", "user", "mail"),
        ),
        ImportField(
            name="role",
            label=_("Role"),
            read=lambda cell, options: values.as_choice(cell, _roles()),
            column_type="text",
            required=True,
        ),
    ),
)

KINDS: dict[str, ImportKind] = {kind.key: kind for kind in (ORGANIZATIONS, CONTACTS, ASSIGNMENTS)}
