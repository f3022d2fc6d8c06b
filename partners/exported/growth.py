"""What sells as files: opportunities, renewals, the ledger, losses and references, each as its page narrows it."""

from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exportables import Asked, OpenedList
from accounts.rules.access import Actor
from common.export import ExportColumn
from common.listing import ListQuery
from partners.forms.growth import PIPELINE_KEYS, RENEWAL_KEYS, PipelineFilterForm, RenewalFilterForm
from partners.forms.ledger import LEDGER_KEYS, LedgerFilterForm
from partners.forms.losses import KEYS as LOSS_KEYS
from partners.forms.losses import LossFilterForm
from partners.forms.references import KEYS as REFERENCE_KEYS
from partners.forms.references import ReferenceFilterForm
from partners.selectors.ledger import LedgerFilter, ledger_rows
from partners.selectors.losses import LossFilter, loss_rows
from partners.selectors.opportunities import PipelineFilter, pipeline_rows
from partners.selectors.references import ReferenceFilter, reference_rows
from partners.selectors.renewals import RenewalFilter, renewal_rows


def pipeline(asked: Asked) -> OpenedList:
    """Opportunities."""
    query = ListQuery.parse(asked.query, PIPELINE_KEYS)
    narrowed = pipeline_filter(asked.actor, PipelineFilterForm(query.as_form()))
    rows = partial(pipeline_rows, asked.actor, narrowed, today=timezone.localdate(asked.now))
    columns = _pipeline_columns()
    return OpenedList(title=_("Opportunities"), stem="pipeline", query=query.encode(), columns=columns, rows=rows)


def renewals(asked: Asked) -> OpenedList:
    """Renewals with the three verdicts."""
    query = ListQuery.parse(asked.query, RENEWAL_KEYS)
    narrowed = renewal_filter(asked.actor, RenewalFilterForm(query.as_form()))
    rows = partial(renewal_rows, asked.actor, narrowed, today=timezone.localdate(asked.now))
    columns = _renewal_columns()
    return OpenedList(title=_("Renewals"), stem="renewals", query=query.encode(), columns=columns, rows=rows)


def revenue(asked: Asked) -> OpenedList:
    """The ledger."""
    query = ListQuery.parse(asked.query, LEDGER_KEYS)
    rows = partial(ledger_rows, asked.actor, ledger_filter(LedgerFilterForm(query.as_form())))
    columns = _ledger_columns()
    return OpenedList(title=_("Ledger of revenue"), stem="revenue", query=query.encode(), columns=columns, rows=rows)


def losses(asked: Asked) -> OpenedList:
    """Who has left."""
    query = ListQuery.parse(asked.query, LOSS_KEYS)
    rows = partial(loss_rows, asked.actor, loss_filter(query, LossFilterForm(query.as_form())))
    return OpenedList(title=_("Losses"), stem="losses", query=query.encode(), columns=_loss_columns(), rows=rows)


def references(asked: Asked) -> OpenedList:
    """Who serves as a reference."""
    query = ListQuery.parse(asked.query, REFERENCE_KEYS)
    narrowed = reference_filter(query, ReferenceFilterForm(query.as_form()))
    rows = partial(reference_rows, asked.actor, narrowed, timezone.localdate(asked.now))
    columns = _reference_columns()
    return OpenedList(title=_("References"), stem="references", query=query.encode(), columns=columns, rows=rows)


def pipeline_filter(actor: Actor, form: PipelineFilterForm) -> PipelineFilter:
    """What the page of opportunities asks for."""
    values: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}
    is_mine = values.pop("owner", "") == "me"
    return PipelineFilter(owner_id=actor.user_id if is_mine else None, **values)


def renewal_filter(actor: Actor, form: RenewalFilterForm) -> RenewalFilter:
    """What the page of renewals asks for."""
    values: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}
    is_mine = values.pop("owner", "") == "me"
    return RenewalFilter(owner_id=actor.user_id if is_mine else None, **values)


def ledger_filter(form: LedgerFilterForm) -> LedgerFilter:
    """What the page of the ledger asks for."""
    values: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}
    return LedgerFilter(**values)


def loss_filter(query: ListQuery, form: LossFilterForm) -> LossFilter:
    """What the page of losses asks for."""
    values = form.cleaned_data if form.is_valid() else {}
    organization = query.get("organization")[:40]
    return LossFilter(organization=organization, **values)


def reference_filter(query: ListQuery, form: ReferenceFilterForm) -> ReferenceFilter:
    """What the page of references asks for."""
    values: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    return ReferenceFilter(organization=query.get("organization")[:40], **values)


def _pipeline_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("What"), value=lambda row: row.title),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Stage"), value=lambda row: row.stage_label),
        ExportColumn(label=_("Value a year"), value=lambda row: row.amount),
        ExportColumn(label=_("Currency"), value=lambda row: row.currency),
        ExportColumn(label=_("Probability, percent"), value=lambda row: row.probability),
        ExportColumn(label=_("Expected"), value=lambda row: row.expected_on),
        ExportColumn(label=_("Sales owner"), value=lambda row: row.owner),
        ExportColumn(label=_("Technical readiness"), value=lambda row: row.readiness_label),
        ExportColumn(label=_("Next step"), value=lambda row: row.next_step),
        ExportColumn(label=_("Closed on"), value=lambda row: row.closed_on),
        ExportColumn(label=_("How it ended"), value=lambda row: row.outcome_note),
    ]


def _renewal_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Due"), value=lambda row: row.due_on),
        ExportColumn(label=_("Notice until"), value=lambda row: row.notice_on),
        ExportColumn(label=_("Value a year"), value=lambda row: row.amount),
        ExportColumn(label=_("Currency"), value=lambda row: row.currency),
        ExportColumn(label=_("Owner"), value=lambda row: row.owner),
        ExportColumn(label=_("Machine"), value=lambda row: row.machine.label),
        ExportColumn(label=_("Why the machine says so"), value=lambda row: row.machine.why),
        ExportColumn(label=_("Owner's verdict"), value=lambda row: row.ours.label),
        ExportColumn(label=_("Why"), value=lambda row: row.ours.why),
        ExportColumn(label=_("What they say"), value=lambda row: row.theirs.label),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Renewed at"), value=lambda row: row.renewed_amount),
    ]


def _ledger_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("From"), value=lambda row: row.on),
        ExportColumn(label=_("What"), value=lambda row: row.kind_label),
        ExportColumn(label=_("More a year"), value=lambda row: row.amount),
        ExportColumn(label=_("Currency"), value=lambda row: row.currency),
        ExportColumn(label=_("What brought it"), value=lambda row: row.note),
        ExportColumn(label=_("Written down by"), value=lambda row: row.who),
    ]


def _loss_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("Lost since"), value=lambda row: row.lost_on),
        ExportColumn(label=_("Reason"), value=lambda row: row.reason_label),
        ExportColumn(label=_("Note"), value=lambda row: row.note),
        ExportColumn(label=_("Lost a year"), value=lambda row: row.amount),
        ExportColumn(label=_("Currency"), value=lambda row: row.currency),
        ExportColumn(label=_("State"), value=lambda row: row.state_label),
        ExportColumn(label=_("Came back on"), value=lambda row: row.returned_on),
        ExportColumn(label=_("Source"), value=lambda row: row.source),
        ExportColumn(label=_("Recorded"), value=lambda row: row.recorded_at),
    ]


def _reference_columns() -> list[ExportColumn]:
    return [
        ExportColumn(label=_("Id"), value=lambda row: row.public_id),
        ExportColumn(label=_("Organization"), value=lambda row: row.organization),
        ExportColumn(label=_("Kind"), value=lambda row: row.kind_label),
        ExportColumn(label=_("What went well"), value=lambda row: row.title),
        ExportColumn(label=_("Story"), value=lambda row: row.story),
        ExportColumn(label=_("Achieved on"), value=lambda row: row.achieved_on),
        ExportColumn(label=_("Reference"), value=lambda row: _("yes") if row.is_reference else _("no")),
        ExportColumn(label=_("Consent"), value=lambda row: row.consent_label),
        ExportColumn(label=_("Who consents"), value=lambda row: row.contact),
        ExportColumn(label=_("Consent until"), value=lambda row: row.consent_until),
        ExportColumn(label=_("May be told to"), value=lambda row: row.audience_label),
        ExportColumn(label=_("Why not today"), value=lambda row: row.why_not),
    ]
