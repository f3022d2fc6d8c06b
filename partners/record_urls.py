"""Addresses of people who count and of the customer record (namespace `partners`)."""

from django.urls import path

from partners.views import quiet, record, stakeholders

organization_record_urls = [
    path("record/", record.organization_record, name="organization_record"),
    path("record/file/export/", record.record_export, name="record_export"),
    path("record/facts/<uuid:fact_id>/confirm/", record.record_confirm, name="record_confirm"),
    path("record/<slug:key>/", record.record_edit, name="record_edit"),
    path("people/<uuid:contact_id>/", stakeholders.stakeholder_edit, name="stakeholder_edit"),
    path("stakeholders/<uuid:stakeholder_id>/left/", stakeholders.stakeholder_left, name="stakeholder_left"),
    path("stakeholders/<uuid:stakeholder_id>/back/", stakeholders.stakeholder_back, name="stakeholder_back"),
]

quiet_urls = [
    path("", quiet.quiet_list, name="quiet"),
    path("export/", quiet.quiet_export, name="quiet_export"),
]
