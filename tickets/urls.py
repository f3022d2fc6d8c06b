"""Pages of tickets: of the desk and of the portal (namespace `tickets`)."""

from django.urls import URLPattern, URLResolver, include, path

from tickets.article_urls import help_urls, kb_urls
from tickets.desk_urls import desk_urls
from tickets.incident_urls import incident_urls, portal_incident_urls
from tickets.intake_urls import intake_urls
from tickets.views import files, organization, portal, portal_surveys

app_name = "tickets"

# Below /tickets/
ticket_urls: list[URLPattern | URLResolver] = [
    *desk_urls,
    *intake_urls,
    path("files/<uuid:file_id>/", files.ticket_file, name="file"),
]

# Below /portal/tickets/
portal_urls = [
    path("", portal.portal_ticket_list, name="portal_tickets"),
    path("new/", portal.portal_ticket_new, name="portal_ticket_new"),
    path("<int:number>/", portal.portal_ticket_page, name="portal_ticket"),
    path("<int:number>/survey/", portal_surveys.portal_survey, name="portal_survey"),
]

urlpatterns = [
    path("tickets/", include(ticket_urls)),
    path("organizations/<uuid:public_id>/tickets/", organization.organization_tickets, name="organization_tickets"),
    path("kb/", include(kb_urls)),
    path("incidents/", include(incident_urls)),
    path("portal/help/", include(help_urls)),
    path("portal/incidents/", include(portal_incident_urls)),
    path("portal/tickets/", include(portal_urls)),
]
