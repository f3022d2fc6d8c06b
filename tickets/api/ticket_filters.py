"""What lists of tickets may be narrowed by through the API: the vocabulary of the queue (tickets/filters.py)."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.policies import actor_of
from tickets import filters
from tickets.choices import Channel, Priority, TicketKind, TicketStatus, Tier
from tickets.models import Ticket

_STATUS = (*TicketStatus.choices, (filters.ANY, "Any"))
_PEOPLE = f"An id of a colleague, `{filters.ME}` or `{filters.NOBODY}`."


class TicketFilter(django_filters.FilterSet):
    """All parameters narrow together, values of one widen each other. Without `status` what is not solved is given."""

    status = django_filters.MultipleChoiceFilter(choices=_STATUS, method="by_choice")
    priority = django_filters.MultipleChoiceFilter(choices=Priority.choices, method="by_choice")
    kind = django_filters.MultipleChoiceFilter(choices=TicketKind.choices, method="by_choice")
    channel = django_filters.MultipleChoiceFilter(choices=Channel.choices)
    tier = django_filters.MultipleChoiceFilter(choices=Tier.choices)
    queue = django_filters.CharFilter(
        max_length=60, method="by_text", help_text=f"Its key; `{filters.OWN}`: those that your teams serve."
    )
    category = django_filters.CharFilter(field_name="category__key", max_length=60)
    tag = django_filters.CharFilter(max_length=40, method="with_tag")
    assignee = django_filters.CharFilter(max_length=36, method="by_text", help_text=_PEOPLE)
    organization = django_filters.UUIDFilter(method="of_organization")
    number = django_filters.NumberFilter(min_value=1, max_value=10**14)
    source = django_filters.CharFilter(max_length=60)
    external_key = django_filters.CharFilter(max_length=120)
    breached = django_filters.BooleanFilter(method="by_switch", help_text="A promise is broken now.")
    waiting = django_filters.BooleanFilter(method="by_switch", help_text="Waits for us.")
    escalated = django_filters.BooleanFilter(method="by_switch")
    within = django_filters.NumberFilter(
        min_value=1, max_value=filters.MAX_HOURS, method="by_hours", help_text="A promise breaks within so many hours."
    )
    q = django_filters.CharFilter(max_length=100, method="by_words", help_text="A number, or words.")

    class Meta:
        model = Ticket
        fields: ClassVar[list[str]] = []

    def by_choice(self, rows: QuerySet[Any], name: str, value: Iterable[str]) -> QuerySet[Any]:
        values = [str(one) for one in value]
        return rows if filters.ANY in values or not values else rows.filter(**{f"{name}__in": values})

    def by_text(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Raises ValidationError for a text that means nothing."""
        criterion = filters.BY_KEY[name]
        spelled = criterion.read(str(value))
        if spelled is None:
            raise ValidationError({name: [_("There is no such value.")]})
        return rows.filter(criterion.condition((spelled,), self._asked()))

    def of_organization(self, rows: QuerySet[Any], name: str, value: UUID) -> QuerySet[Any]:
        return self.by_text(rows, name, value)

    def by_switch(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(filters.BY_KEY[name].condition(("1",), self._asked())) if value else rows

    def by_hours(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        return rows.filter(filters.BY_KEY[name].condition((str(int(value)),), self._asked()))

    def with_tag(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(tags__contains=[value])

    def by_words(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        text = value.replace("\0", "").strip()
        if not text:
            return rows
        asked = self.request.query_params
        statuses = [] if filters.ANY in asked.getlist("status") else asked.getlist("status")
        is_unsolved = not statuses and "status" not in asked
        return rows.filter(filters.named(text, statuses=statuses, is_unsolved=is_unsolved))

    def _asked(self) -> filters.Asked:
        return filters.Asked(actor=actor_of(self.request), now=timezone.now())
