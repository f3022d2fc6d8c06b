"""What the pages of a journey's working copy share: finding the copy, and the way to a part."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import Missing
from common.models import PolicyWorkingCopy
from hub import journey_editing as editing
from hub.journey_words import title_of as part_title
from hub.policy_words import title_of
from partners.rules import journey_edits as edits
from partners.rules.journey_edits import Body, NoSuchPart

Found = TypeVar("Found")


def or_404(read: Callable[..., Found], *args: Any, **arguments: Any) -> Found:
    """What a read finds. Raises Http404."""
    try:
        return read(*args, **arguments)
    except (Missing, NoSuchPart) as error:
        raise Http404 from error


def found_copy(request: HttpRequest, name: str) -> PolicyWorkingCopy | None:
    """The working copy; where somebody has published or discarded it, that is said on the next page."""
    try:
        return editing.copy_of(name)
    except Missing as error:
        messages.warning(request, error.message)
        return None


def crumbs(name: str, body: Body | None = None, place: str = "", *, with_last: bool = True) -> list[dict[str, str]]:
    """The way to a part of a copy: policies, the journey, its copy, the parts around."""
    found = [
        {"label": _("Policies"), "url": reverse("hub:policies")},
        {"label": str(title_of(name)), "url": reverse("hub:policy", args=[name])},
    ]
    if body is None:
        return found
    found.append({"label": _("Working copy"), "url": reverse("hub:journey_copy", args=[name])})
    parts = list(edits.parents_of(place)) if place else []
    shown = parts if with_last else parts[:-1]
    return found + [{"label": part_title(body, part), "url": part_url(name, part)} for part in shown]


def part_url(name: str, place: str) -> str:
    """The page of a part; that of the whole copy for what belongs to no part."""
    parts = list(edits.parents_of(place)) if place else []
    if not parts:
        return reverse("hub:journey_copy", args=[name])
    return reverse("hub:journey_part", args=[name, parts[-1]])


def preview_url(name: str, place: str) -> str:
    """What a questionnaire or a stage looks like to others, from any of its parts; empty for lists of answers."""
    pages = {"questionnaires": "hub:journey_preview", "stages": "hub:journey_stage_preview"}
    root, _slash, rest = place.partition("/")
    return reverse(pages[root], args=[name, rest.split("/")[0]]) if root in pages else ""
