"""Options for fields that name a person or a partner, while somebody types."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.views.decorators.http import require_safe

from accounts.choices import ASSIGNMENT_ROLES
from accounts.labels import role_short_label
from accounts.models import User
from accounts.policies import actor_of, staff_page
from partners.choices import OrganizationKind
from partners.forms.fields import SUGGESTIONS
from partners.models import Organization
from partners.search import matching_organizations

MIN_TEXT = 2


def _typed(request: HttpRequest) -> str:
    """Whatever the field is called: it sends its own value."""
    return next((text for value in request.GET.values() if (text := str(value).replace("\0", "").strip())), "")[:100]


@require_safe
@staff_page
def colleagues(request: HttpRequest) -> HttpResponse:
    """People who may own or join organizations, by the beginning of a word of their name, or by address."""
    text = _typed(request).lower()
    if len(text) < MIN_TEXT:
        return HttpResponse()
    people = User.objects.visible_to(actor_of(request)).staff().active().holding(*sorted(ASSIGNMENT_ROLES))
    fitting = people.filter(name_sort__startswith=text) | people.filter(name_sort__contains=f" {text}")
    found = (fitting | people.filter(email__startswith=text)).with_roles().order_by("name_sort", "pk")[:SUGGESTIONS]
    lines = ((one.email, f"{one.name} · {', '.join(map(role_short_label, one.role_names))}") for one in found)
    return HttpResponse(format_html_join("", '<option value="{}">{}</option>', lines))


@require_safe
@staff_page
def partner_names(request: HttpRequest) -> HttpResponse:
    """Partners that the reader sees, by name."""
    text = _typed(request)
    seen = Organization.objects.visible_to(actor_of(request)).current().of_kind(OrganizationKind.PARTNER)
    found = seen.filter(pk__in=matching_organizations(text)).order_by("name_sort", "pk")[:SUGGESTIONS]
    names = ((name,) for name in found.values_list("name", flat=True)) if len(text) >= MIN_TEXT else ()
    return HttpResponse(format_html_join("", '<option value="{}"></option>', names))
