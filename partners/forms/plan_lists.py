"""What lists of success plans, and of the accounts behind their coverage, are narrowed by."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from partners.choices import OrganizationKind
from partners.plan_choices import SEGMENTS, TIERS, PlanState, account_group

KEYS = ("state", "kind", "owner", "pace", "review")
ACCOUNT_KEYS = ("kind", "segment", "tier", "plan", "review", "expected", "quarter")


class _Narrowing(forms.Form):
    """A row of choices, each of which may be left open."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, (label, choices) in self.offered().items():
            field = forms.ChoiceField(required=False, label=label, choices=choices)
            field.widget.attrs["class"] = "form-control"
            self.fields[name] = field

    def offered(self) -> dict[str, tuple[str, list[tuple[str, Any]]]]:
        """The label and the choices of each field."""
        raise NotImplementedError


class PlanFilterForm(_Narrowing):
    """In which state, of what kind, whose, behind or not. `owner_named`: a person that a link narrows to."""

    def __init__(self, *args: Any, has_team: bool, owner_named: tuple[str, str] | None = None, **options: Any) -> None:
        self.people = [("me", _("Mine")), *([("team", _("My team's"))] if has_team else []), ("nobody", _("Nobody's"))]
        if owner_named:
            self.people.append(owner_named)
        super().__init__(*args, **options)

    def offered(self) -> dict[str, tuple[str, list[tuple[str, Any]]]]:
        states = [("", _("Not ended")), *PlanState.choices, ("every", _("All"))]
        return {
            "state": (_("State"), states),
            "kind": (_("Kind"), [("", _("All")), *OrganizationKind.choices]),
            "owner": (_("Owner"), [("", _("All")), *self.people]),
            "pace": (_("Pace"), [("", _("All")), ("behind", _("Behind"))]),
            "review": (_("Business review"), [("", _("All")), ("due", _("None held this quarter"))]),
        }


class AccountFilterForm(_Narrowing):
    """Which accounts, with and without a plan, with and without a review in the quarter."""

    def offered(self) -> dict[str, tuple[str, list[tuple[str, Any]]]]:
        either = [("", _("All")), ("yes", _("Yes")), ("no", _("No"))]
        segments = [(one, account_group(OrganizationKind.CUSTOMER, one)) for one in SEGMENTS]
        tiers = [(one, account_group(OrganizationKind.PARTNER, one)) for one in TIERS]
        return {
            "kind": (_("Kind"), [("", _("All")), *OrganizationKind.choices]),
            "segment": (_("Segment"), [("", _("All")), *segments]),
            "tier": (_("Partner tier"), [("", _("All")), *tiers]),
            "plan": (_("Active plan"), either),
            "review": (_("Review held"), either),
            "expected": (_("A plan is expected"), [("", _("All")), ("1", _("Yes"))]),
            "quarter": (_("Quarter"), [("", _("This quarter")), ("last", _("Last quarter"))]),
        }
