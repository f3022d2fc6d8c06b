"""Addresses of training, below /training/ (namespace `accounts`)."""

from django.urls import path

from accounts.views import training

training_urls = [
    path("training/", training.training_page, name="training"),
    path("training/everybody/", training.training_team, name="training_team"),
    path("training/export/", training.training_export, name="training_export"),
    path("training/modules/", training.training_modules, name="training_modules"),
    path("training/modules/new/", training.training_module_new, name="training_module_new"),
    path("training/modules/<uuid:public_id>/", training.training_module, name="training_module"),
    path("training/modules/<uuid:public_id>/archive/", training.training_module_archive, name="training_archive"),
    path("training/modules/<uuid:public_id>/done/", training.training_record, name="training_record"),
    path("training/records/<uuid:public_id>/take-back/", training.training_take_back, name="training_take_back"),
]
