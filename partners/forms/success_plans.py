"""Forms of success plans."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.enablement_policy import plans_in_force, word
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from partners.models import Objective, SuccessPlan
from partners.objective_metrics import known_metrics
from partners.plan_choices import ObjectiveDirection
from partners.work_choices import Court

_SHOWN = ("title", "goal", "starts_on", "ends_on", "is_shared", "version")


class SuccessPlanForm(forms.Form):
    """A plan; its template is chosen once. `version` guards edits."""

    template = forms.ChoiceField(label=gettext_lazy("Template"))
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: as the template is called."),
    )
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(label=gettext_lazy("To"), required=False, help_text=gettext_lazy("Empty: as the template says."))
    owner = forms.CharField(required=False)
    goal = forms.CharField(
        label=gettext_lazy("Goal"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000
    )
    is_shared = forms.BooleanField(label=gettext_lazy("Shown in the portal"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        kind: str,
        today: date | None = None,
        plan: SuccessPlan | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        hint = _("Name or e-mail address of a colleague who sees the organization.")
        self.fields["owner"] = PersonField(actor=actor, label=_("Owner"), help_text=hint, required=False)
        if plan is None:
            policy, template = plans_in_force(), self.fields["template"]
            found = policy.templates_for(kind) if policy else ()
            template.choices = [(one.id, word(one.label)) for one in found]  # type: ignore[attr-defined]
            self.initial.setdefault("starts_on", today)
        else:
            del self.fields["template"]
            self.fields["title"].required, self.fields["ends_on"].required = True, True
            self.fields["title"].help_text, self.fields["ends_on"].help_text = "", ""
            self.initial.update({name: getattr(plan, name) for name in _SHOWN})
            self.initial["owner"] = plan.owner.email if plan.owner else ""

    @property
    def values(self) -> dict[str, Any]:
        """What the use cases take. Of a form that is valid."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class ObjectiveForm(forms.Form):
    """One thing to reach. What it is worth is asked of those who read commercial fields alone."""

    title = forms.CharField(label=gettext_lazy("What is to be reached"), max_length=200)
    measure = forms.CharField(
        label=gettext_lazy("How both sides see it"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("In words, such as: confirmed in the business review."),
    )
    metric = forms.ChoiceField(
        label=gettext_lazy("Measured by"),
        required=False,
        help_text=gettext_lazy("With a metric its value decides whether it is achieved, and nobody ticks it."),
    )
    direction = forms.ChoiceField(label=gettext_lazy("Better is"), choices=ObjectiveDirection.choices, required=False)
    target = forms.DecimalField(label=gettext_lazy("Value to reach"), max_digits=20, decimal_places=6, required=False)
    target_on = DayField(label=gettext_lazy("By"))
    gain = forms.DecimalField(
        label=gettext_lazy("Worth a year"),
        max_digits=16,
        decimal_places=2,
        required=False,
        validators=[MinValueValidator(Decimal(0))],
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Shown in the portal"),
        required=False,
        initial=True,
        help_text=gettext_lazy("As long as the plan is shown there."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        plan: SuccessPlan,
        with_money: bool,
        objective: Objective | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        metrics = [(one.key, one.label) for one in known_metrics().values()]
        kept = objective.metric if objective else ""
        if kept and kept not in dict(metrics):
            metrics.append((kept, kept))
        choices: Any = self.fields["metric"]
        choices.choices = [("", _("Nothing: people say when it is reached")), *metrics]
        if with_money:
            currency = (objective.currency if objective else "") or plan.organization.currency
            self.fields["gain"].help_text = _("In %(currency)s; empty if it is not known.") % {"currency": currency}
        else:
            del self.fields["gain"]
        self.initial.setdefault("target_on", plan.ends_on)
        if objective is not None:
            self.initial.update({name: getattr(objective, name) for name in self.fields})
            if objective.target is not None:
                self.initial["target"] = f"{objective.target.normalize():f}"

    def clean_direction(self) -> str:
        return self.cleaned_data["direction"] or ObjectiveDirection.MORE

    @property
    def values(self) -> dict[str, Any]:
        """What the use cases take. Of a form that is valid."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class StepForm(forms.Form):
    """A step of a plan that has begun."""

    title = forms.CharField(label=gettext_lazy("What is to be done"), max_length=200)
    owner = forms.CharField(required=False)
    due_on = DayField(label=gettext_lazy("Due"))
    court = forms.ChoiceField(label=gettext_lazy("Whose move"), choices=Court.choices, initial=Court.US)
    is_shared = forms.BooleanField(
        label=gettext_lazy("Show it in the portal"),
        required=False,
        help_text=gettext_lazy("They read title, details, day and evidence, and tick it off if it is their move."),
    )

    def __init__(self, *args: Any, actor: Actor, plan: SuccessPlan, **options: Any) -> None:
        super().__init__(*args, **options)
        hint = _("Name or e-mail address of a colleague who sees the organization.")
        self.fields["owner"] = PersonField(actor=actor, label=_("Owner"), help_text=hint, required=False)
        self.initial.setdefault("owner", plan.owner.email if plan.owner else "")
        self.initial.setdefault("is_shared", plan.is_shared)

    @property
    def values(self) -> dict[str, Any]:
        """What the use case takes. Of a form that is valid."""
        return dict(self.cleaned_data)
