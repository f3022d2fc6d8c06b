"""What tickets know that a gate may wait for."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from common.addresses import address
from partners.gate_checks import Asked, GateCheck, found, register
from partners.rules.gates import FactState
from tickets.models import Ticket

_MOST_NAMED = 3


def offer() -> None:
    """Called once, when the app is ready."""
    register(
        GateCheck(
            name="no_open_critical_ticket",
            label=gettext_lazy("No critical ticket is open"),
            check=_no_open_critical,
            place=lambda organization: f"{address('tickets:organization_tickets', organization)}?priority=critical",
        )
    )


def _no_open_critical(asked: Asked) -> FactState:
    """No critical ticket of the organization waits to be solved, not for the partner either."""
    rows = Ticket.objects.all().unsolved().critical().filter(organization=asked.organization)
    numbers = list(rows.order_by("number").values_list("number", flat=True))
    if not numbers:
        return found(True, _("No critical ticket is open."))
    named = ", ".join(f"#{number}" for number in numbers[:_MOST_NAMED])
    more = len(numbers) > _MOST_NAMED
    words = {"count": len(numbers), "named": _("%(named)s and more") % {"named": named} if more else named}
    text = ngettext(
        "%(count)s critical ticket is open: %(named)s.", "%(count)s critical tickets are open: %(named)s.", len(numbers)
    )
    return found(False, text % words)
