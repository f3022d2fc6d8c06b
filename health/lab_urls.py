"""Pages of the scorecard lab, below /health/lab/ (namespace `health`)."""

from django.urls import path

from health.views import lab, lab_parts, lab_trials

lab_urls = [
    path("", lab.lab_list, name="lab"),
    path("replays/<uuid:public_id>/", lab_trials.lab_replay_page, name="lab_replay"),
    path("<str:card>/", lab.lab_card, name="lab_card"),
    path("<str:card>/begin/", lab.lab_begin, name="lab_begin"),
    path("<str:card>/discard/<int:version>/", lab.lab_discard, name="lab_discard"),
    path("<str:card>/undo/<int:version>/", lab.lab_undo, name="lab_undo"),
    path("<str:card>/publish/", lab.lab_publish, name="lab_publish"),
    path("<str:card>/weights/", lab.lab_weights, name="lab_weights"),
    path("<str:card>/bands/", lab_parts.lab_bands, name="lab_bands"),
    path("<str:card>/measures/<slug:measure>/", lab_parts.lab_measure, name="lab_measure"),
    path(
        "<str:card>/measures/<slug:measure>/remove/<int:version>/",
        lab_parts.lab_measure_remove,
        name="lab_measure_remove",
    ),
    path("<str:card>/groups/<slug:group>/add/", lab_parts.lab_measure_add, name="lab_measure_add"),
    path("<str:card>/vetoes/add/", lab_parts.lab_veto_add, name="lab_veto_add"),
    path("<str:card>/vetoes/<slug:veto>/", lab_parts.lab_veto, name="lab_veto"),
    path("<str:card>/vetoes/<slug:veto>/remove/<int:version>/", lab_parts.lab_veto_remove, name="lab_veto_remove"),
    path("<str:card>/replay/", lab_trials.lab_replay_start, name="lab_replay_start"),
    path("<str:card>/shadow/", lab_trials.lab_shadow_page, name="lab_shadow"),
    path("<str:card>/shadow/start/", lab_trials.lab_shadow_start, name="lab_shadow_start"),
    path("<str:card>/shadow/end/", lab_trials.lab_shadow_end, name="lab_shadow_end"),
]
