"""How notices and lines of the audit trail open what they point at, in the reader's own scope."""

from django.urls import reverse

from accounts.rules.access import Actor
from common.models import ImportRun
from common.targets import register_target
from partners.models import Contact, FeedbackItem, Interaction, Loss, Organization, RecordFact, Stakeholder, SuccessPlan


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("organization", _organization)
    register_target("contact", _contact)
    register_target("interaction", _interaction)
    register_target("importrun", _import_run)
    register_target("loss", _loss)
    register_target("calendar", _calendar)
    register_target("successplan", _success_plan)
    register_target("stakeholder", _stakeholder)
    register_target("recordfact", _record_fact)
    register_target("feedback", _feedback)


def _organization(actor: Actor, pk: int) -> str | None:
    if actor.is_contact and actor.user_id is not None:
        # The portal opens one organization at a time, but a contact may belong to several.
        own = Contact.objects.filter(user_id=actor.user_id, organization_id=pk, archived_at__isnull=True)
        return reverse("partners:portal") if own.exists() else None
    found = Organization.objects.visible_to(actor).filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("partners:organization", args=[found]) if found else None


def _contact(actor: Actor, pk: int) -> str | None:
    found = Contact.objects.visible_to(actor).filter(pk=pk).values_list("organization_id", flat=True).first()
    return _organization(actor, found) if found else None


def _interaction(actor: Actor, pk: int) -> str | None:
    found = Interaction.objects.visible_to(actor).filter(pk=pk).values_list("organization_id", flat=True).first()
    return _organization(actor, found) if found else None


def _calendar(actor: Actor, pk: int) -> str | None:
    return reverse("partners:calendar") if actor.is_staff and actor.user_id == pk else None


def _loss(actor: Actor, pk: int) -> str | None:
    rows = Loss.objects.visible_to(actor).filter(pk=pk).values_list("organization__public_id", flat=True)
    found = rows.first()
    return reverse("partners:organization_commercial", args=[found]) if found else None


def _success_plan(actor: Actor, pk: int) -> str | None:
    rows = SuccessPlan.objects.visible_to(actor).filter(pk=pk).values_list("organization__public_id", flat=True)
    found = rows.first() if actor.is_staff else None
    return reverse("partners:organization_success_plans", args=[found]) if found else None


def _feedback(actor: Actor, pk: int) -> str | None:
    found = FeedbackItem.objects.filter(pk=pk).values_list("public_id", flat=True).first() if actor.is_staff else None
    return reverse("partners:feedback_item", args=[found]) if found else None


def _stakeholder(actor: Actor, pk: int) -> str | None:
    rows = Stakeholder.objects.all().visible_to(actor).filter(pk=pk).values_list("organization__public_id", flat=True)
    found = rows.first()
    return reverse("partners:organization_record", args=[found]) if found else None


def _record_fact(actor: Actor, pk: int) -> str | None:
    rows = RecordFact.objects.all().visible_to(actor).filter(pk=pk).values_list("organization__public_id", flat=True)
    found = rows.first()
    return reverse("partners:organization_record", args=[found]) if found else None


def _import_run(actor: Actor, pk: int) -> str | None:
    if not actor.has("import_data"):
        return None
    found = ImportRun.objects.filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("partners:import_run", args=[found]) if found else None
