"""Addresses of what comes in and where it goes, below /tickets/ (namespace `tickets`)."""

from django.urls import path

from tickets.views import automation, mails, routing, webhooks

intake_urls = [
    path("mail/", mails.mails, name="mails"),
    path("mail/<uuid:public_id>/", mails.mail_raw, name="mail_raw"),
    path("routing/", routing.routing_trial, name="routing_trial"),
    path("automation/", automation.automation, name="automation"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/new/", webhooks.webhook_new, name="webhook_new"),
    path("webhooks/<uuid:public_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:public_id>/edit/", webhooks.webhook_edit, name="webhook_edit"),
    path("webhooks/<uuid:public_id>/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path("webhooks/deliveries/<uuid:delivery_id>/replay/", webhooks.webhook_replay, name="webhook_replay"),
]
