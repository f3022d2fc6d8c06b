"""Addresses of alerts, below /health/ (namespace `health`)."""

from django.urls import URLPattern, URLResolver, include, path

from health.views import alerts, triage

# Below /health/alerts/<id>/
_one = [
    path("", alerts.episode, name="episode"),
    path("acknowledge/", alerts.episode_acknowledge, name="episode_acknowledge"),
    path("act/", alerts.episode_act, name="episode_act"),
    path("close/", alerts.episode_close, name="episode_close"),
    path("snooze/", alerts.episode_snooze, name="episode_snooze"),
    path("wake/", alerts.episode_wake, name="episode_wake"),
    path("assign/", alerts.episode_assign, name="episode_assign"),
    path("note/", alerts.episode_note, name="episode_note"),
    path("reopen/", alerts.episode_reopen, name="episode_reopen"),
    path("play/", alerts.episode_play, name="episode_play"),
]

alert_urls: list[URLPattern | URLResolver] = [
    path("triage/", triage.triage, name="triage"),
    path("triage/acknowledge/", triage.triage_acknowledge, name="triage_acknowledge"),
    path("triage/export/", triage.triage_export, name="triage_export"),
    path("alerts/quality/", alerts.quality, name="alert_quality"),
    path("alerts/rules/<slug:rule>/promote/", alerts.rule_promote, name="rule_promote"),
    path("alerts/<uuid:public_id>/", include(_one)),
]
