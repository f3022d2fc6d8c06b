"""Forms of success plans."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.enablement_policy import plans_in_force, word
from partners.forms.fields import PersonField
from partners.forms.tasks import DayField
from partners.models import SuccessPlan

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
