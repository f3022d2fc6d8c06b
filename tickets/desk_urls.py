"""Addresses of the desk, below /tickets/ (namespace `tickets`)."""

from django.urls import URLPattern, URLResolver, include, path

from partners.views.saved_views import view_urls
from tickets.views import bulk, lists

list_urls: list[URLPattern | URLResolver] = [
    path("", lists.tickets, name="tickets"),
    path("counts/", lists.ticket_counts, name="counts"),
    path("filters/", lists.ticket_filters, name="filters"),
    path("export/", lists.ticket_export, name="export"),
    path("bulk/", bulk.ticket_bulk, name="bulk"),
    path("bulk/undo/<str:token>/", bulk.ticket_bulk_undo, name="bulk_undo"),
    path("views/", include(view_urls(lists.TICKETS))),
]
