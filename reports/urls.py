"""Addresses of reports (namespace `reports`)."""

from django.urls import include, path

from reports.views import mails, outer_surveys, policy_quality, reports, saved, surveys

app_name = "reports"
# Before the reports of packs, whose ids are words too.
survey_urls = [
    path("surveys/", surveys.survey_report, name="survey_report"),
    path("surveys/export/", surveys.survey_report_export, name="survey_report_export"),
    path("surveys/answers/", surveys.survey_answers, name="survey_answers"),
    path("surveys/answers/export/", surveys.survey_answers_export, name="survey_answers_export"),
    path("surveys/outside/", outer_surveys.outer_surveys, name="outer_surveys"),
    path("surveys/outside/new/", outer_surveys.outer_survey_new, name="outer_survey_new"),
    path("surveys/outside/<uuid:survey_id>/", outer_surveys.outer_survey, name="outer_survey"),
]
report_urls = [
    path("", reports.gallery, name="gallery"),
    path("policies/", policy_quality.policy_quality, name="policy_quality"),
    path("policies/export/", policy_quality.policy_quality_export, name="policy_quality_export"),
    *survey_urls,
    path("saved/<uuid:saved_id>/", saved.saved, name="saved"),
    path("saved/<uuid:saved_id>/edit/", saved.saved_edit, name="saved_edit"),
    path("saved/<uuid:saved_id>/delete/", saved.saved_delete, name="saved_delete"),
    path("saved/<uuid:saved_id>/mail/", mails.mail_of_saved, name="mail_of_saved"),
    path("mails/", mails.mails, name="mails"),
    path("mails/<uuid:mail_id>/", mails.mail, name="mail"),
    path("mails/<uuid:mail_id>/stop/", mails.mail_stop, name="mail_stop"),
    path("mails/<uuid:mail_id>/end/", mails.mail_end, name="mail_end"),
    path("mails/<uuid:mail_id>/send/", mails.mail_now, name="mail_now"),
    path("<slug:report_id>/", reports.report, name="report"),
    path("<slug:report_id>/save/", saved.saved_new, name="saved_new"),
    path("<slug:report_id>/mail/", mails.mail_of_report, name="mail_of_report"),
    path("<slug:report_id>/export/", reports.report_export, name="report_export"),
    path("<slug:report_id>/figures/<slug:kpi_id>/", reports.figure, name="figure"),
    path("<slug:report_id>/figures/<slug:kpi_id>/export/", reports.figure_export, name="figure_export"),
]
urlpatterns = [path("reports/", include(report_urls))]
