"""Addresses of the endpoints of tickets, below /api/v1/."""

from rest_framework.routers import SimpleRouter

from tickets.api.tickets import TicketMessageViewSet, TicketViewSet

router = SimpleRouter(use_regex_path=False)
router.register("tickets", TicketViewSet, basename="ticket")
router.register("tickets/<uuid:ticket_id>/messages", TicketMessageViewSet, basename="ticket-message")

urlpatterns = router.urls
