"""Addresses of gates, below /organizations/<public id>/gates/<stage>/ (in the namespace `partners`)."""

from django.urls import URLPattern, URLResolver, include, path

from partners.views import gate_decisions, gate_evidence, gate_results, gate_sections, gates, waiver_requests

_evidence = [
    path("", gate_evidence.gate_evidence, name="gate_evidence"),
    path("<uuid:piece>/remove/", gate_evidence.gate_evidence_remove, name="gate_evidence_remove"),
]

_section_urls: list[URLPattern | URLResolver] = [
    path("", gate_sections.gate_section, name="gate_section"),
    path("answers/<slug:field>/", gate_sections.gate_answer, name="gate_answer"),
    path("evidence/<slug:field>/", include(_evidence)),
]

_version_urls = [
    path("", gate_results.gate_version, name="gate_version"),
    path("changes/", gate_results.gate_changes, name="gate_changes"),
    path("judge/<slug:section>/", gate_decisions.gate_judge, name="gate_judge"),
    path("sign/", gate_decisions.gate_sign, name="gate_sign"),
    path("signatures/<uuid:signature>/", gate_results.gate_signature, name="gate_signature"),
    path("remind/", gate_decisions.gate_remind, name="gate_remind"),
]

_questionnaire_urls: list[URLPattern | URLResolver] = [
    path("begin/", gates.gate_begin, name="gate_begin"),
    path("sections/<slug:section>/", include(_section_urls)),
    path("review/", gate_results.gate_review, name="gate_review"),
    path("versions/", gate_results.gate_versions, name="gate_versions"),
    path("versions/<int:number>/", include(_version_urls)),
]

gate_urls: list[URLPattern | URLResolver] = [
    path("", gates.gate_detail, name="gate"),
    path("decide/", gates.gate_decide, name="gate_decide"),
    path("override/", gate_decisions.gate_override, name="gate_override"),
    path("waive/<str:target>/", gate_decisions.gate_waive, name="gate_waive"),
    path("waivers/<uuid:waiver_id>/revoke/", gate_decisions.gate_revoke, name="gate_revoke"),
    path("ask-waiver/<str:target>/", waiver_requests.waiver_ask, name="waiver_ask"),
    path("asked-waivers/<uuid:request_id>/refuse/", waiver_requests.waiver_refuse, name="waiver_refuse"),
    path("asked-waivers/<uuid:request_id>/withdraw/", waiver_requests.waiver_withdraw, name="waiver_withdraw"),
    path("questionnaires/<slug:questionnaire>/", include(_questionnaire_urls)),
]
