"""Addresses of surveys: figures below /surveys/, the page of a person who was asked below /survey/ (in `partners`)."""

from django.urls import path

from partners.views import survey_answers, surveys

survey_urls = [
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/list/", surveys.survey_list, name="survey_list"),
    path("surveys/export/", surveys.survey_export, name="survey_export"),
    path("survey/<str:token>/", survey_answers.survey, name="survey"),
    path("survey/<str:token>/stop/", survey_answers.survey_stop, name="survey_stop"),
]
