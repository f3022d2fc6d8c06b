"""Forms of enablement: trainings with their people, recommendations, integrations with their steps, services."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.days import SENSIBLE_DAYS
from accounts.rules.access import Actor
from partners.enablement_choices import RecommendationKind, TrainingResult
from partners.enablement_policy import known_services, word
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from partners.models import Contact, Organization, Recommendation, TechnicalIntegration, Training

_NOTE = 300


def _text(label: Any, rows: int = 3, **options: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=10_000, widget=area, **options)


def _note(label: Any, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=_NOTE)


def _colleague(actor: Actor, label: str) -> PersonField:
    hint = _("Name or e-mail address of a colleague who sees the organization.")
    return PersonField(actor=actor, label=label, help_text=hint, required=False)


class Sheet(forms.Form):
    """A form on a page of its own."""

    @property
    def sent(self) -> dict[str, Any]:
        """What its use case takes. Of a form that is valid."""
        return {name: self.cleaned_data[name] for name in self.fields}


class ActSheet(Sheet):
    """What happens to a row that is there; `version` is that of the row one looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NounSheet(ActSheet):
    """The words of a row: its use case takes them together, and the version when there is a row already."""

    def __init__(self, *args: Any, row: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row = row
        if row is not None:
            self.initial.update({name: getattr(row, name) for name in self.fields})

    @property
    def sent(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.fields if name != "version"}
        return {"values": values} | ({} if self.row is None else {"version": self.cleaned_data["version"] or 0})


class TrainingForm(NounSheet):
    """What is to be learned and why; with a day it is planned."""

    title = forms.CharField(label=gettext_lazy("Topic"), max_length=200)
    need = _text(gettext_lazy("Why it is needed"))
    held_on = DayField(
        label=gettext_lazy("On"),
        required=False,
        validators=SENSIBLE_DAYS,
        help_text=gettext_lazy("Empty while it is a need without a day."),
    )
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), required=False, min_value=1)
    trainer = forms.CharField(required=False)

    def __init__(self, *args: Any, actor: Actor, row: Training | None = None, **options: Any) -> None:
        super().__init__(*args, row=row, **options)
        self.fields["trainer"] = _colleague(actor, _("Who holds it"))


class HeldForm(ActSheet):
    """A training took place."""

    held_on = DayField(label=gettext_lazy("Held on"), validators=SENSIBLE_DAYS)
    note = _note(gettext_lazy("How it went"))


class ReasonForm(ActSheet):
    """Something ends, and why."""

    note = _note(gettext_lazy("Why"), required=True)


class AttendForm(Sheet):
    """One of theirs or one of ours who is to learn."""

    contact = forms.ModelChoiceField(
        label=gettext_lazy("One of theirs"), queryset=Contact.objects.none(), to_field_name="public_id", required=False
    )
    user = forms.CharField(required=False)

    def __init__(self, *args: Any, actor: Actor, organization: Organization, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["contact"].queryset = contacts_of(actor, organization)  # type: ignore[attr-defined]
        self.fields["user"] = _colleague(actor, _("Or one of ours"))


class ResultForm(Sheet):
    """How it went for one person."""

    result = forms.ChoiceField(label=gettext_lazy("Result"), choices=TrainingResult.choices)


class RecommendationForm(NounSheet):
    """What we advise and why."""

    title = forms.CharField(label=gettext_lazy("What we advise"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=RecommendationKind.choices)
    why = _text(gettext_lazy("What it brings"))
    owner = forms.CharField(required=False)
    due_on = DayField(label=gettext_lazy("Agreed for"), required=False, validators=SENSIBLE_DAYS)
    field_order = ("title", "kind", "why", "owner", "due_on")

    def __init__(self, *args: Any, actor: Actor, row: Recommendation | None = None, **options: Any) -> None:
        super().__init__(*args, row=row, **options)
        self.initial.setdefault("kind", RecommendationKind.OPTIMIZATION.value)
        self.fields["owner"] = _colleague(actor, _("Who sees to it"))


class AgreeForm(ActSheet):
    """They want it, by a day."""

    due_on = DayField(label=gettext_lazy("By"), required=False, validators=SENSIBLE_DAYS)


class EffectForm(ActSheet):
    """It is done, and what it brought."""

    effect = _note(gettext_lazy("What it brought"), required=True)


class IntegrationForm(NounSheet):
    """What is integrated, what for, who sees to it, and where it is described."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    purpose = _text(gettext_lazy("What for"))
    owner = forms.CharField(required=False)
    calls_per_day = forms.IntegerField(
        label=gettext_lazy("API calls a day"), required=False, min_value=0, max_value=2_147_483_647
    )
    is_documented = forms.BooleanField(label=gettext_lazy("It is documented"), required=False)
    documentation_url = forms.URLField(
        label=gettext_lazy("Documentation"), required=False, max_length=200, assume_scheme="https"
    )

    def __init__(self, *args: Any, actor: Actor, row: TechnicalIntegration | None = None, **options: Any) -> None:
        super().__init__(*args, row=row, **options)
        self.fields["owner"] = _colleague(actor, _("Who sees to it"))


class StepForm(ActSheet):
    """When a step is planned, and when it was done."""

    planned_on = DayField(
        label=gettext_lazy("Planned for"),
        required=False,
        validators=SENSIBLE_DAYS,
        help_text=gettext_lazy("The day first planned is kept: it is what “in time” means."),
    )
    done_on = DayField(label=gettext_lazy("Done on"), required=False, validators=SENSIBLE_DAYS)
    note = _note(gettext_lazy("Note"))


class DeliveryForm(Sheet):
    """Days of a service that were delivered."""

    service = forms.ChoiceField(label=gettext_lazy("Service"))
    delivered_on = DayField(label=gettext_lazy("On"), validators=SENSIBLE_DAYS)
    days = forms.DecimalField(
        label=gettext_lazy("Days"), max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    note = _note(gettext_lazy("Note"))

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        services = [(key, word(service.label)) for key, service in known_services().items()]
        self.fields["service"].choices = services  # type: ignore[attr-defined]
        self.initial.setdefault("delivered_on", today)


def contacts_of(actor: Actor, organization: Organization) -> Any:
    """The people of an organization who may be chosen, by name."""
    seen = Contact.objects.all().visible_to(actor)
    return seen.filter(organization=organization, archived_at__isnull=True).order_by("name_sort", "pk")
