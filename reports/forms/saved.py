"""Keeping a report under a name, and having it by mail."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import USER_ROLES
from accounts.labels import role_label
from accounts.models import Team, User
from accounts.rules.access import Actor
from common.listing import ListQuery
from reports.choices import Attachment, Every, Sharing
from reports.forms.reports import PERIOD, asked_period
from reports.models import ReportSubscription, SavedReport
from reports.own_reports import keys_of
from reports.period_words import MOVING, hour_name, period_name
from reports.querysets import CAPABILITY
from reports.rules.periods import RELATIVE, Period, relative_of
from reports.rules.schedules import LAST_DAY

MOST_READERS = 200


def period_choices(period: Period) -> list[tuple[str, Any]]:
    """The periods that move with the day, and the one that is looked at as it is."""
    return [
        (_("Moving with the day"), list(MOVING.items())),
        (_("Always the same"), [(period.key, period_name(period))]),
    ]


class _PeriodForm(forms.Form):
    """`query` is that of the page; what is chosen takes the place of its period."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))

    def __init__(self, *args: Any, query: ListQuery, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.query = query
        period, _problem = asked_period(query, today)
        asked = query.get(PERIOD)
        field: Any = self.fields["period"]
        field.choices = period_choices(period)
        field.initial = asked if asked in RELATIVE else relative_of(period, today) or period.key

    @property
    def asked(self) -> str:
        """The query string with the period that was chosen."""
        return self.query.changed(**{PERIOD: self.cleaned_data["period"]}).encode()


class SavedReportForm(_PeriodForm):
    """A name, and with whom it is shared. `version` guards edits."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    sharing = forms.ChoiceField(
        label=gettext_lazy("Shared with"),
        choices=Sharing.choices,
        initial=Sharing.NOBODY,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The question is shared, not the answer: everybody reads the organizations they open."),
    )
    team_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Teams"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    roles = forms.MultipleChoiceField(label=gettext_lazy("Roles"), required=False, widget=forms.CheckboxSelectMultiple)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("name", "period", "sharing", "team_ids", "roles", "version")

    def __init__(self, *args: Any, actor: Actor, saved: SavedReport | None = None, **options: Any) -> None:
        if saved is not None:
            names = ("name", "sharing", "team_ids", "roles", "version")
            options["initial"] = {name: getattr(saved, name) for name in names}
        super().__init__(*args, **options)
        teams: Any = self.fields["team_ids"]
        teams.choices = Team.objects.visible_to(actor).filter(archived_at__isnull=True).values_list("pk", "name")
        roles: Any = self.fields["roles"]
        readers = actor.policy.roles_with(CAPABILITY)
        roles.choices = [(role, role_label(role)) for role in USER_ROLES if role in readers]

    @property
    def values(self) -> dict[str, Any]:
        kept = {name: self.cleaned_data[name] for name in ("name", "sharing", "team_ids", "roles")}
        return kept | {"query": self.asked}


class SubscriptionForm(forms.Form):
    """When a report comes by mail, and with which file. `version` guards edits."""

    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=Every.choices, initial=Every.WEEK)
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("On"),
        coerce=int,
        initial=1,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        help_text=gettext_lazy("For every week."),
    )
    day = forms.IntegerField(
        label=gettext_lazy("On day"),
        min_value=1,
        max_value=max(LAST_DAY.values()),
        initial=1,
        required=False,
        help_text=gettext_lazy("Of the month or quarter; a day that a month lacks is its last."),
    )
    hour = forms.TypedChoiceField(label=gettext_lazy("At"), coerce=int, initial=8)
    attachment = forms.ChoiceField(label=gettext_lazy("File"), initial=Attachment.NONE)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, *args: Any, actor: Actor, subscription: ReportSubscription | None = None, **options: Any
    ) -> None:
        if subscription is not None:
            names = ("every", "hour", "attachment", "version")
            is_weekly = subscription.every == Every.WEEK
            options["initial"] = {name: getattr(subscription, name) for name in names} | {
                "weekday" if is_weekly else "day": subscription.day
            }
        super().__init__(*args, **options)
        hours: Any = self.fields["hour"]
        hours.choices = [(hour, hour_name(hour)) for hour in range(24)]
        files: Any = self.fields["attachment"]
        may_export = actor.has("export_data")
        files.choices = [choice for choice in Attachment.choices if may_export or choice[0] == Attachment.NONE]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("every") == Every.WEEK:
            # The field is hidden then, and so would be what is wrong with it.
            self.errors.pop("day", None)
        elif not self.errors and data.get("day") is None:
            self.add_error("day", _("Choose a day."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        day = data["weekday"] if data["every"] == Every.WEEK else data["day"]
        return {"every": data["every"], "day": day, "hour": data["hour"], "attachment": data["attachment"]}


class SavedByMailForm(SubscriptionForm):
    """The same for a saved report, also for those whom one may have it mailed to."""

    field_order = ("reader", "every", "weekday", "day", "hour", "attachment")

    def __init__(self, *args: Any, readers: QuerySet[User], **options: Any) -> None:
        super().__init__(*args, **options)
        people = [(str(public_id), name) for public_id, name in readers.values_list("public_id", "name")[:MOST_READERS]]
        if people:
            self.readers = readers
            self.fields["reader"] = forms.ChoiceField(
                label=_("For"),
                required=False,
                choices=[("", _("Me")), *people],
                help_text=_("Others are told, and can end it; the hour is of their own time zone."),
            )
            self.order_fields(self.field_order)

    @property
    def receiver(self) -> User | None:
        asked = self.cleaned_data.get("reader")
        return self.readers.get(public_id=asked) if asked else None


class ReportByMailForm(SubscriptionForm, _PeriodForm):
    """The same for a report of the gallery, with its period."""

    field_order = ("period", "every", "weekday", "day", "hour", "attachment")


def query_of(saved: SavedReport) -> ListQuery:
    """What its query string says of its report."""
    return ListQuery.parse(saved.query, keys_of(saved.report))
