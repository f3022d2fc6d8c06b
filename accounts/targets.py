"""How notices and lines of the audit trail open people and calendars, in the reader's own scope."""

from django.urls import reverse

from accounts.models import Export, User, WorkCalendar
from accounts.rules.access import Actor
from common.targets import register_target


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("user", _user)
    register_target("workcalendar", _calendar)
    register_target("training", _training)
    register_target("trainingmodule", _training)
    register_target("export", _export)


def _user(actor: Actor, pk: int) -> str | None:
    if pk == actor.user_id:
        return reverse("accounts:profile")
    if not actor.has("manage_people"):
        return None
    found = User.objects.visible_to(actor).filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("accounts:person", args=[found]) if found else None


def _training(actor: Actor, pk: int) -> str | None:
    """Everybody's own page; what is due there it says itself."""
    return reverse("accounts:training") if actor.is_staff else None


def _export(actor: Actor, pk: int) -> str | None:
    """The page of one's own files."""
    return reverse("accounts:exports") if Export.objects.visible_to(actor).filter(pk=pk).exists() else None


def _calendar(actor: Actor, pk: int) -> str | None:
    found = WorkCalendar.objects.visible_to(actor).filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("accounts:calendar", args=[found]) if found else None
