"""What proposals that balance the load offer to others: the target of their notices."""

from django.urls import reverse

from accounts.rules.access import Actor
from common.targets import register_target
from partners.selectors.balance import proposals


def offer() -> None:
    """Called once, when the app is ready."""
    register_target("balance_proposal", _proposal)


def _proposal(actor: Actor, pk: int) -> str | None:
    found = proposals(actor).filter(pk=pk).values_list("public_id", flat=True).first()
    return reverse("partners:balance", args=[found]) if found else None
