"""Addresses of what comes in and where it goes, below /tickets/ (namespace `tickets`)."""

from django.urls import path

from tickets.views import automation, imports, mails, routing, webhooks

intake_urls = [
    path("mail/", mails.mails, name="mails"),
    path("mail/<uuid:public_id>/", mails.mail_raw, name="mail_raw"),
    path("routing/", routing.routing_trial, name="routing_trial"),
    path("automation/", automation.automation, name="automation"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/runs/<uuid:public_id>/", imports.import_run, name="import_run"),
    path("imports/runs/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/runs/<uuid:public_id>/rejected/", imports.import_rejected, name="import_rejected"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<uuid:public_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:public_id>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("webhooks/<uuid:public_id>/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path("webhooks/deliveries/<uuid:delivery_id>/replay/", webhooks.webhook_replay, name="webhook_replay"),
]
