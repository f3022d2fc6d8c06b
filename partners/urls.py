"""Pages of organizations, below /organizations/ (namespace `partners`)."""

from django.urls import path

from partners.views import imports

app_name = "partners"

import_urls = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:public_id>/", imports.import_run, name="import_run"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<uuid:public_id>/rejected/", imports.import_rejected, name="import_rejected"),
]

urlpatterns = [*import_urls]
