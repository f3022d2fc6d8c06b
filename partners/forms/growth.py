"""Forms of growth: opportunities, renewals with their verdicts and ends, lines of the ledger, lessons of a loss."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from accounts.rules.access import Actor
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from partners.growth_choices import (
    OPEN_STAGES,
    OpportunityKind,
    OpportunityStage,
    Readiness,
    RenewalState,
    RevenueKind,
    Verdict,
)
from partners.loss_choices import LossReason
from partners.models import Opportunity, Organization, Renewal

PIPELINE_KEYS = ("stage", "kind", "since", "until", "owner")
RENEWAL_KEYS = ("state", "verdict", "since", "until", "owner")
_OPEN = [(stage.value, stage.label) for stage in OPEN_STAGES]
_MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


def _amount(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, validators=[MinValueValidator(Decimal(0))], **_MONEY, **options)


class _Versioned(forms.Form):
    """`version` guards edits; `values` is all the rest."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name not in ("version", "stage")}


class OpportunityForm(_Versioned):
    """What is to be sold, for how much a year, until when and by whom."""

    title = forms.CharField(label=gettext_lazy("What"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=OpportunityKind.choices)
    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=_OPEN)
    amount = _amount(gettext_lazy("Value a year"))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, min_length=3)
    probability = forms.IntegerField(
        label=gettext_lazy("Probability, percent"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Empty for what is usual at the stage."),
    )
    expected_on = DayField(label=gettext_lazy("Expected"), validators=SENSIBLE_DAYS)
    owner = forms.CharField(required=False)
    readiness = forms.ChoiceField(label=gettext_lazy("Technical readiness"), choices=Readiness.choices)
    next_step = forms.CharField(label=gettext_lazy("Next step"), max_length=200, required=False)
    business_case = forms.CharField(
        label=gettext_lazy("Business case"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        organization: Organization,
        opportunity: Opportunity | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        hint = _("Who brings it home. Name or e-mail address of a colleague.")
        self.fields["owner"] = PersonField(actor=actor, label=_("Sales owner"), help_text=hint, required=False)
        self.initial.setdefault("currency", organization.currency)
        if opportunity is not None:
            del self.fields["stage"]
            self.fields["probability"].required = True
            self.fields["probability"].help_text = ""
            self.initial.update({name: getattr(opportunity, name) for name in self.fields})


class StageForm(forms.Form):
    """To another open stage."""

    stage = forms.ChoiceField(label=gettext_lazy("Stage"), choices=_OPEN)


class CloseForm(forms.Form):
    """How an opportunity ended."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[(stage.value, stage.label) for stage in (OpportunityStage.WON, OpportunityStage.LOST)],
    )
    on = DayField(label=gettext_lazy("On"))
    amount = _amount(gettext_lazy("Won for, a year"), required=False)
    note = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


class RenewalForm(_Versioned):
    """When a contract is to be renewed, for how much a year, and who sees to it."""

    due_on = DayField(label=gettext_lazy("Due"), validators=SENSIBLE_DAYS)
    notice_on = DayField(
        label=gettext_lazy("Notice until"),
        required=False,
        validators=SENSIBLE_DAYS,
        help_text=gettext_lazy("The last day on which they can give notice."),
    )
    amount = _amount(gettext_lazy("Value a year"))
    currency = forms.CharField(label=gettext_lazy("Currency"), max_length=3, min_length=3)
    owner = forms.CharField(required=False)

    def __init__(
        self, *args: Any, actor: Actor, organization: Organization, renewal: Renewal | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        hint = _("Empty for who looks after the relationship. Name or e-mail address of a colleague.")
        self.fields["owner"] = PersonField(actor=actor, label=_("Owner"), help_text=hint, required=False)
        self.initial.setdefault("currency", organization.currency)
        self.initial.setdefault("amount", organization.arr)
        if renewal is not None:
            self.initial.update({name: getattr(renewal, name) for name in self.fields})


class VerdictForm(forms.Form):
    """What we, or they, say of a renewal."""

    side = forms.ChoiceField(
        label=gettext_lazy("Who says it"),
        choices=[("us", gettext_lazy("We")), ("partner", gettext_lazy("They"))],
        widget=forms.RadioSelect,
        initial="us",
    )
    verdict = forms.ChoiceField(label=gettext_lazy("Verdict"), choices=Verdict.choices)
    note = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


class EndForm(forms.Form):
    """How a renewal ended."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[
            (state.value, state.label) for state in (RenewalState.RENEWED, RenewalState.LOST, RenewalState.WITHDRAWN)
        ],
    )
    on = DayField(label=gettext_lazy("Decided on"))
    amount = _amount(gettext_lazy("Renewed at, a year"), required=False)
    next_due_on = DayField(label=gettext_lazy("Next due"), required=False, validators=SENSIBLE_DAYS)
    reason = forms.ChoiceField(
        label=gettext_lazy("Main reason, if not renewed"), choices=LossReason.choices, required=False
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") == RenewalState.RENEWED and data.get("amount") is None:
            self.add_error("amount", _("Say for how much a year."))
        if data.get("outcome") == RenewalState.LOST and not data.get("reason"):
            self.add_error("reason", _("Choose a reason."))
        return data


class LedgerForm(forms.Form):
    """A line of the ledger by hand."""

    on = DayField(label=gettext_lazy("From"), validators=SENSIBLE_DAYS)
    kind = forms.ChoiceField(label=gettext_lazy("What"), choices=RevenueKind.choices)
    amount = forms.DecimalField(
        label=gettext_lazy("More a year"), help_text=gettext_lazy("Below zero for less."), **_MONEY
    )
    note = forms.CharField(label=gettext_lazy("What brought it"), max_length=300)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", today)


class LessonsForm(forms.Form):
    """What a loss teaches."""

    lessons = forms.CharField(
        label=gettext_lazy("What we learn from it"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class _ListForm(forms.Form):
    since = DayField(label=gettext_lazy("From"), required=False, validators=SENSIBLE_DAYS)
    until = DayField(label=gettext_lazy("Until"), required=False, validators=SENSIBLE_DAYS)
    owner = forms.ChoiceField(label=gettext_lazy("Owner"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        owner: Any = self.fields["owner"]
        owner.choices = [("", _("Everybody")), ("me", _("Mine"))]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"


class PipelineFilterForm(_ListForm):
    """Which opportunities the list shows."""

    stage = forms.ChoiceField(label=gettext_lazy("Stage"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    field_order = PIPELINE_KEYS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        stage, kind = self.fields["stage"], self.fields["kind"]
        stage.choices = [("", _("Open")), *OpportunityStage.choices, ("all", _("All"))]  # type: ignore[attr-defined]
        kind.choices = [("", _("All")), *OpportunityKind.choices]  # type: ignore[attr-defined]


class RenewalFilterForm(_ListForm):
    """Which renewals the list shows."""

    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    verdict = forms.ChoiceField(label=gettext_lazy("Owner's verdict"), required=False)
    field_order = RENEWAL_KEYS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        state, verdict = self.fields["state"], self.fields["verdict"]
        closed = [choice for choice in RenewalState.choices if choice[0] != RenewalState.OPEN]
        state.choices = [("", RenewalState.OPEN.label), *closed, ("all", _("All"))]  # type: ignore[attr-defined]
        verdict.choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            ("missing", _("Missing, and near")),
            *Verdict.choices,
        ]
