"""Addresses of one's calendar, below /calendar/ (in the namespace `partners`)."""

from django.urls import path

from partners.views import calendar

calendar_urls = [
    path("", calendar.calendar, name="calendar"),
    path("feed/", calendar.calendar_feed_page, name="calendar_feed_page"),
    path("feed/revoke/", calendar.calendar_feed_revoke, name="calendar_feed_revoke"),
    path("feed/<str:secret>.ics", calendar.calendar_feed, name="calendar_feed"),
]
