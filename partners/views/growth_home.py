"""The fragment of homes that tells of growth: one's own, and for those who lead others by person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policies import actor_of, staff_page
from partners.selectors.growth_home import growth_by_person, own_growth
from partners.selectors.opportunities import rates_on


@require_safe
@staff_page
def growth_mine(request: HttpRequest) -> HttpResponse:
    """Renewals that wait for a verdict of the reader's, and their pipeline."""
    today = timezone.localdate()
    currency, rates = rates_on(today)
    context = {"found": own_growth(actor_of(request), today, rates), "currency": currency}
    return render(request, "partners/_growth_mine.html", context)


@require_safe
@staff_page
def growth_people(request: HttpRequest) -> HttpResponse:
    """The same by person, of all that the reader sees."""
    today = timezone.localdate()
    currency, rates = rates_on(today)
    context = {"people": growth_by_person(actor_of(request), today, rates), "currency": currency}
    return render(request, "partners/_growth_people.html", context)
