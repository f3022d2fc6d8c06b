"""Addresses of enablement (namespace `partners`): below an organization, below /enablement/, and /references/."""

from django.urls import path

from partners.views import enablement, integrations, recommendations, references, trainings

organization_enablement_urls = [
    path("enablement/", enablement.organization_enablement, name="organization_enablement"),
    path("enablement/advice/", enablement.organization_advice, name="organization_advice"),
    path("enablement/integrations/", enablement.organization_integrations, name="organization_integrations"),
    path("enablement/services/", enablement.organization_services, name="organization_services"),
    path("enablement/wins/", enablement.organization_wins, name="organization_wins"),
    path("trainings/new/", trainings.training_add, name="training_add"),
    path("recommendations/new/", recommendations.recommendation_add, name="recommendation_add"),
    path("recommendations/practice/", recommendations.practice_propose, name="practice_propose"),
    path("integrations/new/", integrations.integration_add, name="integration_add"),
    path("services/new/", integrations.delivery_add, name="delivery_add"),
    path("wins/new/", references.win_add, name="win_add"),
]

training_urls = [
    path("<uuid:training_id>/edit/", trainings.training_edit, name="training_edit"),
    path("<uuid:training_id>/held/", trainings.training_hold, name="training_hold"),
    path("<uuid:training_id>/cancel/", trainings.training_cancel, name="training_cancel"),
    path("<uuid:training_id>/attendees/", trainings.training_attend, name="training_attend"),
    path("<uuid:training_id>/attendees/<uuid:person_id>/", trainings.training_result, name="training_result"),
    path("<uuid:training_id>/attendees/<uuid:person_id>/off/", trainings.training_leave_out, name="training_leave_out"),
]

recommendation_urls = [
    path("<uuid:recommendation_id>/edit/", recommendations.recommendation_edit, name="recommendation_edit"),
    path("<uuid:recommendation_id>/agree/", recommendations.recommendation_agree, name="recommendation_agree"),
    path("<uuid:recommendation_id>/done/", recommendations.recommendation_finish, name="recommendation_finish"),
    path("<uuid:recommendation_id>/decline/", recommendations.recommendation_decline, name="recommendation_decline"),
    path("<uuid:recommendation_id>/reopen/", recommendations.recommendation_reopen, name="recommendation_reopen"),
]

integration_urls = [
    path("<uuid:integration_id>/edit/", integrations.integration_edit, name="integration_edit"),
    path("<uuid:integration_id>/state/", integrations.integration_state, name="integration_state"),
    path("<uuid:integration_id>/steps/<slug:stage>/", integrations.integration_step, name="integration_step"),
]

reference_urls = [
    path("", references.reference_list, name="references"),
    path("export/", references.reference_export, name="reference_export"),
    path("requests/<uuid:request_id>/", references.reference_settle, name="reference_settle"),
    path("wins/<uuid:win_id>/edit/", references.win_edit, name="win_edit"),
    path("wins/<uuid:win_id>/archive/", references.win_archive, name="win_archive"),
    path("wins/<uuid:win_id>/restore/", references.win_restore, name="win_restore"),
    path("wins/<uuid:win_id>/ask/", references.reference_ask, name="reference_ask"),
]

delivery_urls = [path("<uuid:delivery_id>/withdraw/", integrations.delivery_withdraw, name="delivery_withdraw")]
