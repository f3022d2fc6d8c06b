"""Addresses of checklists, below /routines/ (in the namespace `partners`)."""

from django.urls import path

from partners.views import routines

routine_urls = [
    path("", routines.routines, name="routines"),
    path("tick/", routines.routine_tick, name="routine_tick"),
]
