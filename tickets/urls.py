"""Pages of tickets: of the desk and of the portal (namespace `tickets`)."""

from django.urls import include, path

from tickets.views import files

app_name = "tickets"

# Below /tickets/
ticket_urls = [
    path("files/<uuid:file_id>/", files.ticket_file, name="file"),
]

urlpatterns = [
    path("tickets/", include(ticket_urls)),
]
