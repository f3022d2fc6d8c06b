"""Addresses of surveys: figures below /surveys/, the page of a person who was asked below /survey/ (in `partners`)."""

from django.urls import path

from partners.views import campaigns, survey_answers, surveys

survey_urls = [
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/list/", surveys.survey_list, name="survey_list"),
    path("surveys/export/", surveys.survey_export, name="survey_export"),
    path("surveys/campaigns/", campaigns.campaign_list, name="campaigns"),
    path("surveys/campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    path("surveys/campaigns/<uuid:campaign_id>/", campaigns.campaign, name="campaign"),
    path("surveys/campaigns/<uuid:campaign_id>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("surveys/campaigns/<uuid:campaign_id>/start/", campaigns.campaign_start, name="campaign_start"),
    path("surveys/campaigns/<uuid:campaign_id>/end/", campaigns.campaign_end, name="campaign_end"),
    path("surveys/campaigns/<uuid:campaign_id>/export/", campaigns.campaign_export, name="campaign_export"),
    path("survey/<str:token>/", survey_answers.survey, name="survey"),
    path("survey/<str:token>/stop/", survey_answers.survey_stop, name="survey_stop"),
]
