"""Pages of organizations and of the portal (namespace `partners`)."""

from django.urls import URLPattern, URLResolver, include, path

from partners import forecast_urls, growth_urls, work_urls
from partners.calendar_urls import calendar_urls
from partners.capacity_urls import capacity_urls
from partners.enablement_urls import (
    delivery_urls,
    integration_urls,
    organization_enablement_urls,
    recommendation_urls,
    reference_urls,
    training_urls,
)
from partners.feedback_urls import feedback_urls, issue_hook_urls, organization_feedback_urls, portal_beta_urls
from partners.gate_urls import gate_urls
from partners.guide_urls import guide_urls
from partners.handoff_urls import handoff_urls, organization_handoff_urls
from partners.loss_urls import loss_urls, organization_loss_urls
from partners.plan_urls import organization_plan_urls, plan_urls, portal_plan_urls
from partners.record_urls import organization_record_urls, quiet_urls
from partners.review_urls import organization_review_urls, portal_review_urls, review_urls
from partners.routine_urls import routine_urls
from partners.survey_urls import survey_urls
from partners.touchpoint_urls import touchpoint_urls
from partners.views import (
    assignments,
    bulk,
    classification,
    contacts,
    grants,
    imports,
    interaction_log,
    interactions,
    launch,
    mail_address,
    organization_edit,
    organization_pages,
    organizations,
    portal,
    saved_views,
    suggestions,
    surveys,
    timeline,
)

app_name = "partners"

list_urls: list[URLPattern | URLResolver] = [
    path("", organizations.organization_list, name="organization_list"),
    path("filters/", organizations.organization_filters, name="organization_filters"),
    path("export/", organizations.organization_export, name="organization_export"),
    path("board/", organizations.organization_board, name="organization_board"),
    path("new/", organization_edit.organization_create, name="organization_create"),
    path("assign/", bulk.bulk_assign, name="bulk_assign"),
    path("assign/undo/<str:token>/", bulk.bulk_undo, name="bulk_undo"),
    path("views/", include(saved_views.view_urls(saved_views.ORGANIZATIONS))),
    path("suggest/colleagues/", suggestions.colleagues, name="colleagues"),
    path("suggest/partners/", suggestions.partner_names, name="partner_names"),
]

import_urls = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/<uuid:public_id>/", imports.import_run, name="import_run"),
    path("imports/<uuid:public_id>/undo/", imports.import_undo, name="import_undo"),
    path("imports/<uuid:public_id>/rejected/", imports.import_rejected, name="import_rejected"),
]

# Below /organizations/<public id>/
page_urls: list[URLPattern | URLResolver] = [
    path("", organization_pages.organization, name="organization"),
    path("journey/", organization_pages.organization_journey, name="organization_journey"),
    path("timeline/", timeline.organization_timeline, name="organization_timeline"),
    path("timeline/export/", timeline.timeline_export, name="timeline_export"),
    path("mail-address/renew/", mail_address.mail_address_renew, name="mail_address_renew"),
    path("mail-address/revoke/", mail_address.mail_address_revoke, name="mail_address_revoke"),
    path("people/", organization_pages.organization_people, name="organization_people"),
    path("commercial/", organization_pages.organization_commercial, name="organization_commercial"),
    path("history/", organization_pages.organization_history, name="organization_history"),
    path("satisfaction/", surveys.organization_satisfaction, name="organization_satisfaction"),
    path("edit/", organization_edit.organization_edit, name="organization_edit"),
    path("archive/", organization_edit.organization_archive, name="organization_archive"),
    path("restore/", organization_edit.organization_restore, name="organization_restore"),
    path("launch/", launch.organization_launch, name="organization_launch"),
    path("launch/undo/<str:token>/", launch.organization_launch_undo, name="organization_launch_undo"),
    path("classification/<str:dimension>/", classification.classification_override, name="classification_override"),
    path("classification/<str:dimension>/reset/", classification.classification_reset, name="classification_reset"),
    *work_urls.page_urls,
    *forecast_urls.page_urls,
    *organization_loss_urls,
    *organization_review_urls,
    *organization_plan_urls,
    *organization_enablement_urls,
    *growth_urls.organization_growth_urls,
    *organization_record_urls,
    *organization_feedback_urls,
    path("handoffs/", include(organization_handoff_urls)),
    path("cadence/", include(touchpoint_urls)),
    path("log/", interaction_log.interaction_log, name="interaction_log"),
    path("log/draft/", interaction_log.draft_save, name="interaction_draft"),
    path("log/draft/forget/", interaction_log.draft_forget, name="interaction_draft_forget"),
    path("timeline/<uuid:entry_id>/pin/", interactions.entry_pin, name="entry_pin"),
    path("interactions/<uuid:interaction_id>/", interactions.interaction_edit, name="interaction_edit"),
    path("interactions/<uuid:interaction_id>/archive/", interactions.interaction_archive, name="interaction_archive"),
    path("interactions/<uuid:interaction_id>/restore/", interactions.interaction_restore, name="interaction_restore"),
    path("owners/new/", assignments.assignment_add, name="assignment_add"),
    path("owners/<uuid:assignment_id>/end/", assignments.assignment_end, name="assignment_end"),
    path("owners/<uuid:assignment_id>/primary/", assignments.assignment_primary, name="assignment_primary"),
    path("contacts/new/", contacts.contact_add, name="contact_add"),
    path("contacts/<uuid:contact_id>/", contacts.contact_edit, name="contact_edit"),
    path("contacts/<uuid:contact_id>/primary/", contacts.contact_primary, name="contact_primary"),
    path("contacts/<uuid:contact_id>/archive/", contacts.contact_archive, name="contact_archive"),
    path("contacts/<uuid:contact_id>/restore/", contacts.contact_restore, name="contact_restore"),
    path("contacts/<uuid:contact_id>/invite/", contacts.contact_invite, name="contact_invite"),
    path("contacts/<uuid:contact_id>/portal/end/", contacts.contact_portal_end, name="contact_portal_end"),
    path("gates/<slug:stage>/", include(gate_urls)),
    path("context/ask/", grants.grant_ask, name="grant_ask"),
    path("context/<uuid:grant_id>/decide/", grants.grant_decide, name="grant_decide"),
    path("context/<uuid:grant_id>/end/", grants.grant_end, name="grant_end"),
]

portal_urls = [
    path("", portal.portal, name="portal"),
    path("open/<uuid:public_id>/", portal.portal_switch, name="portal_switch"),
    *work_urls.portal_urls,
    *portal_beta_urls,
    *portal_plan_urls,
    *portal_review_urls,
]

urlpatterns = [
    path("organizations/", include([*list_urls, *import_urls, path("<uuid:public_id>/", include(page_urls))])),
    *work_urls.urlpatterns,
    *forecast_urls.urlpatterns,
    path("handoffs/", include(handoff_urls)),
    path("calendar/", include(calendar_urls)),
    path("capacity/", include(capacity_urls)),
    path("routines/", include(routine_urls)),
    path("guides/", include(guide_urls)),
    path("losses/", include(loss_urls)),
    path("reviews/", include(review_urls)),
    path("success-plans/", include(plan_urls)),
    path("trainings/", include(training_urls)),
    path("recommendations/", include(recommendation_urls)),
    path("integrations/", include(integration_urls)),
    path("services/", include(delivery_urls)),
    path("references/", include(reference_urls)),
    *growth_urls.urlpatterns,
    path("quiet/", include(quiet_urls)),
    path("feedback/", include(feedback_urls)),
    path("hooks/issues/", include(issue_hook_urls)),
    path("portal/", include(portal_urls)),
    *survey_urls,
]
