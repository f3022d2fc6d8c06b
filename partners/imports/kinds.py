"""What can be imported, field by field: how a cell is read and by which names its column is known."""

from django.utils.translation import gettext_lazy as _

from accounts.choices import ASSIGNMENT_ROLES
from accounts.labels import role_choices
from partners.choices import ContactRole, MarketSegment, OrganizationKind, Stage
from partners.imports import fields
from partners.imports.fields import ImportField, ImportKind
from partners.imports.growth_kinds import INTERACTIONS, OPPORTUNITIES, RENEWALS
from partners.rules import import_values as values
from partners.stakeholder_choices import Influence

_ROLES = role_choices(sorted(ASSIGNMENT_ROLES))

ORGANIZATIONS = ImportKind(
    key="organizations",
    label=_("Organizations"),
    fields=(
        ImportField(
            name="external_key",
            label=_("External key"),
            read=fields.text(120),
            aliases=("id", "customer_id", "account_id", "organization id", "company id", "key"),
        ),
        fields.SOURCE,
        ImportField(
            name="name",
            label=_("Name"),
            read=fields.text(200),
            required=True,
            aliases=("company", "company name", "account name", "customer name", "organization", "partner name"),
        ),
        ImportField(
            name="kind",
            label=_("Kind"),
            read=fields.choice(OrganizationKind.choices),
            choices=OrganizationKind.choices,
            required=True,
            aliases=("type",),
            may_be_same=True,
        ),
        ImportField(
            name="stage",
            label=_("Stage"),
            read=fields.choice(Stage.choices),
            choices=Stage.choices,
            aliases=("gate", "phase", "lifecycle stage"),
            may_be_same=True,
        ),
        ImportField(
            name="stage_entered_on",
            label=_("In this stage since"),
            read=values.as_day,
            column_type="date",
            aliases=("since", "signup date", "start date", "created", "created date"),
        ),
        ImportField(name="summary", label=_("Summary"), read=fields.text(5000), aliases=("description",)),
        ImportField(name="website", label=_("Website"), read=fields.website, aliases=("url", "domain", "web")),
        ImportField(name="industry", label=_("Industry"), read=fields.text(80), aliases=("sector",)),
        ImportField(
            name="country", label=_("Country"), read=fields.code(2), aliases=("country code",), may_be_same=True
        ),
        ImportField(
            name="timezone", label=_("Time zone"), read=fields.timezone, aliases=("tz", "timezone"), may_be_same=True
        ),
        ImportField(name="currency", label=_("Currency"), read=fields.code(3), may_be_same=True),
        ImportField(
            name="ccv",
            label=_("Committed contract value"),
            read=values.as_amount,
            column_type=fields.AMOUNT,
            aliases=("contract value", "ccv"),
        ),
        ImportField(
            name="country_lrp",
            label=_("Country long-range plan"),
            read=values.as_amount,
            column_type=fields.AMOUNT,
            aliases=("lrp", "long range plan"),
        ),
        ImportField(
            name="arr",
            label=_("Annual recurring revenue"),
            read=values.as_amount,
            column_type=fields.AMOUNT,
            aliases=("annual revenue", "arr amount"),
        ),
        ImportField(
            name="market_segment",
            label=_("Market segment"),
            read=fields.choice(MarketSegment.choices),
            choices=MarketSegment.choices,
            aliases=("segment",),
            may_be_same=True,
        ),
        ImportField(name="edition", label=_("Edition"), read=fields.text(60), aliases=("plan", "plan tier")),
        ImportField(name="deployment", label=_("Deployment"), read=fields.text(60)),
        ImportField(
            name="licenses",
            label=_("Licenses"),
            read=fields.count(2_000_000_000),
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
        *fields.ORGANIZATION_REF,
        ImportField(
            name="name",
            label=_("Name"),
            read=fields.text(150),
            required=True,
            aliases=("full name", "contact", "contact name"),
        ),
        ImportField(
            name="email",
            label=_("E-mail address"),
            read=fields.email,
            aliases=("mail", "e-mail", "email address"),
        ),
        ImportField(name="phone", label=_("Phone"), read=fields.text(40), aliases=("telephone", "mobile")),
        ImportField(name="job_title", label=_("Job title"), read=fields.text(120), aliases=("title",)),
        ImportField(
            name="role",
            label=_("Role"),
            read=fields.choice(ContactRole.choices),
            choices=ContactRole.choices,
            aliases=("buying role",),
            may_be_same=True,
        ),
        ImportField(
            name="influence",
            label=_("Influence"),
            read=fields.choice(Influence.choices),
            choices=Influence.choices,
            aliases=("level of influence",),
            may_be_same=True,
        ),
        ImportField(
            name="timezone", label=_("Time zone"), read=fields.timezone, aliases=("tz", "timezone"), may_be_same=True
        ),
    ),
)

ASSIGNMENTS = ImportKind(
    key="assignments",
    label=_("Owners and participants"),
    fields=(
        *fields.ORGANIZATION_REF,
        ImportField(
            name="user_email",
            label=_("Colleague's e-mail address"),
            read=fields.email,
            required=True,
            aliases=("owner", "email", "owner email", "user", "mail"),
            may_be_same=True,
        ),
        ImportField(
            name="role",
            label=_("Role"),
            read=fields.choice(_ROLES),
            choices=_ROLES,
            required=True,
            may_be_same=True,
        ),
    ),
)

_ALL = (ORGANIZATIONS, CONTACTS, ASSIGNMENTS, OPPORTUNITIES, RENEWALS, INTERACTIONS)
KINDS: dict[str, ImportKind] = {kind.key: kind for kind in _ALL}
