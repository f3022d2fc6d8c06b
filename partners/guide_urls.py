"""Addresses of the documentation hub, below /guides/ (in the namespace `partners`)."""

from django.urls import path

from partners.views import guides

guide_urls = [
    path("", guides.guide_list, name="guides"),
    path("<slug:key>/", guides.guide, name="guide"),
    path("<slug:key>/reviewed/", guides.guide_reviewed, name="guide_reviewed"),
    path("<slug:key>/keeper/", guides.guide_keeper, name="guide_keeper"),
]
