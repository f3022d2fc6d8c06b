"""What the map of people says in the head of an organization's page: that its sponsor is gone."""

from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rules.access import Actor
from partners.models import Stakeholder
from partners.selectors.marks import Mark, register_mark


def offer() -> None:
    """Called once, when the app is ready."""
    register_mark(
        Mark(
            key="sponsor",
            label=gettext_lazy("Sponsor"),
            icon="user-off",
            read=_read,
            say=_say,
            url_name="partners:organization_record",
        )
    )


def _read(actor: Actor) -> Any:
    """Whether somebody was the sponsor and nobody is."""
    sponsors = Stakeholder.objects.filter(organization_id=OuterRef("pk"), is_sponsor=True)
    gone = Q(left_on__isnull=False) | Q(contact__archived_at__isnull=False)
    lost = Q(Exists(sponsors.filter(gone))) & ~Q(Exists(sponsors.exclude(gone)))
    return ExpressionWrapper(lost, output_field=BooleanField())


def _say(found: Any) -> tuple[str, str] | None:
    return (_("Sponsor left"), "danger") if found else None
