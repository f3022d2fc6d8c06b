"""Addresses of quality reviews, below /tickets/quality/ (namespace `tickets`)."""

from django.urls import path

from tickets.views import quality

quality_urls = [
    path("", quality.quality, name="quality"),
    path("mine/", quality.quality_mine, name="quality_mine"),
    path("export/", quality.quality_export, name="quality_export"),
    path("tickets/<int:number>/", quality.quality_new, name="quality_new"),
    path("<uuid:public_id>/", quality.quality_review, name="quality_review"),
    path("<uuid:public_id>/edit/", quality.quality_edit, name="quality_edit"),
    path("<uuid:public_id>/answer/", quality.quality_answer, name="quality_answer"),
]
