"""Opportunities, renewals and interactions as files hold them: how cells are read, by which names columns are known."""

from django.utils.translation import gettext_lazy as _

from partners.choices import InteractionKind
from partners.growth_choices import OpportunityKind, OpportunityStage, Readiness, RenewalState
from partners.imports import fields
from partners.imports.fields import ImportField, ImportKind
from partners.rules import import_values as values

_AMOUNT = ImportField(
    name="amount",
    label=_("Value a year"),
    read=values.as_amount,
    column_type=fields.AMOUNT,
    aliases=("value", "arr", "deal amount", "amount in company currency"),
)
_CURRENCY = ImportField(
    name="currency",
    label=_("Currency"),
    read=fields.code(3),
    aliases=("currency iso code", "amount currency"),
    may_be_same=True,
)
_OWNER = ImportField(
    name="owner_email",
    label=_("Owner's e-mail address"),
    read=fields.email,
    aliases=("owner", "owner email", "opportunity owner email"),
    may_be_same=True,
)

OPPORTUNITIES = ImportKind(
    key="opportunities",
    label=_("Opportunities"),
    fields=(
        *fields.ORGANIZATION_REF,
        ImportField(
            name="external_key",
            label=_("External key"),
            read=fields.text(120),
            aliases=("id", "opp_id", "opportunity id", "deal_id", "record id"),
        ),
        ImportField(
            name="title",
            label=_("Title"),
            read=fields.text(200),
            required=True,
            aliases=("name", "opportunity name", "deal name", "dealname"),
        ),
        ImportField(
            name="kind",
            label=_("Kind"),
            read=fields.choice(OpportunityKind.choices),
            choices=OpportunityKind.choices,
            aliases=("type", "opportunity type", "deal type"),
            may_be_same=True,
        ),
        ImportField(
            name="stage",
            label=_("Stage"),
            read=fields.choice(OpportunityStage.choices),
            choices=OpportunityStage.choices,
            aliases=("stage name", "deal stage"),
            may_be_same=True,
        ),
        _AMOUNT,
        _CURRENCY,
        ImportField(
            name="probability",
            label=_("Probability, percent"),
            read=fields.percent,
            column_type="integer",
            aliases=("probability (%)",),
        ),
        ImportField(
            name="expected_on",
            label=_("Expected"),
            read=values.as_day,
            column_type="date",
            required=True,
            aliases=("close date", "closedate", "expected close date"),
        ),
        ImportField(
            name="closed_on",
            label=_("Closed on"),
            read=values.as_day,
            column_type="date",
            aliases=("closed date", "ended on"),
        ),
        _OWNER,
        ImportField(
            name="readiness",
            label=_("Technical readiness"),
            read=fields.choice(Readiness.choices),
            choices=Readiness.choices,
        ),
        ImportField(name="next_step", label=_("Next step"), read=fields.text(200)),
        ImportField(
            name="business_case",
            label=_("Business case"),
            read=fields.text(10_000),
            aliases=("description", "deal description"),
        ),
        ImportField(
            name="outcome_note",
            label=_("How it ended"),
            read=fields.text(300),
            aliases=("closed lost reason", "loss reason"),
        ),
    ),
)

RENEWALS = ImportKind(
    key="renewals",
    label=_("Renewals"),
    fields=(
        *fields.ORGANIZATION_REF,
        ImportField(
            name="external_key",
            label=_("External key"),
            read=fields.text(120),
            aliases=("id", "renewal id", "contract id", "contract number", "subscription id"),
        ),
        ImportField(
            name="due_on",
            label=_("Due"),
            read=values.as_day,
            column_type="date",
            required=True,
            aliases=("renewal date", "contract end", "contract end date", "end date"),
        ),
        ImportField(
            name="notice_on",
            label=_("Notice until"),
            read=values.as_day,
            column_type="date",
            aliases=("notice date", "notice day", "notice"),
        ),
        _AMOUNT,
        _CURRENCY,
        _OWNER,
        ImportField(
            name="state",
            label=_("How it ended"),
            read=fields.choice(RenewalState.choices),
            choices=RenewalState.choices,
            aliases=("state", "status", "outcome", "renewal status"),
            may_be_same=True,
        ),
        ImportField(
            name="closed_on",
            label=_("Decided on"),
            read=values.as_day,
            column_type="date",
            aliases=("closed on", "closed date", "ended on", "renewed on"),
        ),
        ImportField(
            name="renewed_amount",
            label=_("Renewed at, a year"),
            read=values.as_amount,
            column_type=fields.AMOUNT,
            aliases=("renewed amount", "renewed at", "new amount"),
        ),
        ImportField(
            name="closing_note",
            label=_("Note on the end"),
            read=fields.text(300),
            aliases=("closing note", "loss reason", "closed lost reason"),
        ),
    ),
)

INTERACTIONS = ImportKind(
    key="interactions",
    label=_("Interactions"),
    fields=(
        *fields.ORGANIZATION_REF,
        ImportField(
            name="external_key",
            label=_("External key"),
            read=fields.text(120),
            aliases=("id", "outreach_id", "activity id", "event id", "task id"),
        ),
        ImportField(
            name="kind",
            label=_("Kind"),
            read=fields.choice(InteractionKind.choices),
            choices=InteractionKind.choices,
            aliases=("type", "channel", "outreach channel"),
            may_be_same=True,
        ),
        ImportField(
            name="happened_on",
            label=_("Day"),
            read=values.as_day,
            column_type="date",
            required=True,
            aliases=("date", "contacted date", "activity date", "when"),
        ),
        ImportField(
            name="summary",
            label=_("Summary"),
            read=fields.text(200),
            required=True,
            aliases=("subject", "title"),
        ),
        ImportField(name="body", label=_("Notes"), read=fields.text(20_000), aliases=("description", "comments")),
        ImportField(
            name="minutes",
            label=_("Minutes"),
            read=fields.count(1440),
            column_type="integer",
            aliases=("duration", "duration in minutes"),
        ),
        ImportField(
            name="is_two_way",
            label=_("They answered"),
            read=fields.yes_or_no,
            column_type="boolean",
            choices=(("yes", _("Yes")), ("no", _("No"))),
            aliases=("two way", "answered"),
            may_be_same=True,
        ),
        ImportField(
            name="contact_email",
            label=_("Contact's e-mail address"),
            read=fields.email,
            aliases=("contact", "email"),
        ),
        ImportField(
            name="author_email",
            label=_("Colleague's e-mail address"),
            read=fields.email,
            aliases=("author", "owner"),
            may_be_same=True,
        ),
    ),
)
