"""Addresses of predictions, below /health/prediction/ (namespace `health`)."""

from django.urls import path

from health.views import predictions

prediction_urls = [
    path("", predictions.prediction, name="prediction"),
    path("train/", predictions.prediction_train, name="prediction_train"),
    path("export/", predictions.prediction_export, name="prediction_export"),
]
