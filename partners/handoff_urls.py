"""Addresses of handoffs (in the namespace `partners`): below an organization, and the lists of one's own."""

from django.urls import URLPattern, URLResolver, include, path

from partners.views import exports, handoff_answers, handoff_lists, handoffs

_handoff_urls = [
    path("", handoffs.handoff, name="handoff"),
    path("items/<slug:key>/", handoffs.handoff_item, name="handoff_item"),
    path("items/<slug:key>/read/", handoff_answers.handoff_read, name="handoff_read"),
    path("days/<slug:meeting>/", handoffs.handoff_day, name="handoff_day"),
    path("summary/", handoffs.handoff_summary, name="handoff_summary"),
    path("gather/", handoffs.handoff_gather, name="handoff_gather"),
    path("offer/", handoffs.handoff_offer, name="handoff_offer"),
    path("receiver/", handoffs.handoff_readdress, name="handoff_readdress"),
    path("withdraw/", handoffs.handoff_withdraw, name="handoff_withdraw"),
    path("accept/", handoff_answers.handoff_accept, name="handoff_accept"),
    path("return/", handoff_answers.handoff_return, name="handoff_return"),
    path("results/", handoff_answers.handoff_results, name="handoff_results"),
    path("results/confirm/", handoff_answers.handoff_confirm, name="handoff_confirm"),
]

# Below /organizations/<public id>/handoffs/
organization_handoff_urls: list[URLPattern | URLResolver] = [
    path("", handoff_lists.organization_handoffs, name="organization_handoffs"),
    path("export/", exports.organization_handoff_export, name="organization_handoff_export"),
    path("new/", handoffs.handoff_new, name="handoff_new"),
    path("<uuid:handoff_id>/", include(_handoff_urls)),
]

# Below /handoffs/
handoff_urls = [
    path("", handoff_lists.handoff_list, name="handoffs"),
    path("export/", exports.handoff_export, name="handoff_export"),
    path("portfolio/", handoff_lists.handoff_portfolio, name="handoff_portfolio"),
]
