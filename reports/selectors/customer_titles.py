"""What rows about accounts and technical success are about, in words: for those objects that the reader may open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse

from accounts.rules.access import Actor
from health.alert_words import cause_words
from health.models import Episode
from partners.models import Contact, Objective, Recommendation

Titles = Mapping[int, tuple[str, str]]


def objectives(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = Objective.objects.all().visible_to(actor).filter(pk__in=ids)
    return {
        pk: (title, reverse("partners:organization_success_plans", args=[public_id]))
        for pk, title, public_id in rows.values_list("pk", "title", "organization__public_id")
    }


def alerts(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = Episode.objects.all().visible_to(actor).filter(pk__in=ids)
    return {row.pk: (cause_words(row.cause), reverse("health:episode", args=[row.public_id])) for row in rows}


def advice(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = Recommendation.objects.all().visible_to(actor).filter(pk__in=ids)
    return {
        pk: (title, reverse("partners:organization_advice", args=[public_id]))
        for pk, title, public_id in rows.values_list("pk", "title", "organization__public_id")
    }


def contacts(actor: Actor, ids: Iterable[int]) -> Titles:
    rows = Contact.objects.all().visible_to(actor).filter(pk__in=ids)
    return {
        pk: (name, reverse("partners:organization_people", args=[public_id]))
        for pk, name, public_id in rows.values_list("pk", "name", "organization__public_id")
    }
