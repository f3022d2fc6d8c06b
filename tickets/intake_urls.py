"""Addresses of what comes in and where it goes, below /tickets/ (namespace `tickets`)."""

from django.urls import path

from tickets.views import mails, routing

intake_urls = [
    path("mail/", mails.mails, name="mails"),
    path("mail/<uuid:public_id>/", mails.mail_raw, name="mail_raw"),
    path("routing/", routing.routing_trial, name="routing_trial"),
]
