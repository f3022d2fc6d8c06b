"""Addresses of the cadence, below /organizations/<public id>/cadence/ (in the namespace `partners`)."""

from django.urls import path

from partners.views import cadence_agreements, exports, touchpoints

touchpoint_urls = [
    path("", touchpoints.organization_cadence, name="organization_cadence"),
    path("export/", exports.touchpoint_export, name="touchpoint_export"),
    path("arrange/", touchpoints.touchpoint_arrange, name="touchpoint_arrange"),
    path("agree/", cadence_agreements.agreement_add, name="agreement_add"),
    path("agreements/<uuid:agreement_id>/end/", cadence_agreements.agreement_end, name="agreement_end"),
    path("<uuid:touchpoint_id>/edit/", cadence_agreements.touchpoint_edit, name="touchpoint_edit"),
    path("<uuid:touchpoint_id>/held/", touchpoints.touchpoint_hold, name="touchpoint_hold"),
    path("<uuid:touchpoint_id>/skip/", touchpoints.touchpoint_skip, name="touchpoint_skip"),
    path("<uuid:touchpoint_id>/move/", touchpoints.touchpoint_move, name="touchpoint_move"),
    path("<uuid:touchpoint_id>/cancel/", touchpoints.touchpoint_cancel, name="touchpoint_cancel"),
    path("<uuid:touchpoint_id>/reopen/", touchpoints.touchpoint_reopen, name="touchpoint_reopen"),
]
