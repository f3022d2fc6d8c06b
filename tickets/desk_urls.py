"""Addresses of the desk, below /tickets/ (namespace `tickets`)."""

from django.urls import URLPattern, URLResolver, include, path

from partners.views.saved_views import view_urls
from tickets.quality_urls import quality_urls
from tickets.views import acts, bulk, drill, entering, lists, live, macros, profile, promises, service_levels, tickets

list_urls: list[URLPattern | URLResolver] = [
    path("", lists.tickets, name="tickets"),
    path("new/", entering.ticket_new, name="new"),
    path("new/askers/", entering.ticket_askers, name="askers"),
    path("new/similar/", entering.ticket_similar, name="similar"),
    path("counts/", lists.ticket_counts, name="counts"),
    path("filters/", lists.ticket_filters, name="filters"),
    path("export/", lists.ticket_export, name="export"),
    path("bulk/", bulk.ticket_bulk, name="bulk"),
    path("bulk/undo/<str:token>/", bulk.ticket_bulk_undo, name="bulk_undo"),
    path("views/", include(view_urls(lists.TICKETS))),
    path("promises/", promises.promises, name="promises"),
    path("drill/", drill.escalation_drill, name="drill"),
    path("drill/<uuid:drill_id>/", drill.drill_run, name="drill_run"),
    path("service-levels/", service_levels.service_levels, name="service_levels"),
    path("service-levels/apply/", service_levels.service_levels_apply, name="service_levels_apply"),
    path("service-levels/try/", service_levels.policy_back_test, name="back_test"),
    path("quality/", include(quality_urls)),
    path("macros/", macros.macros, name="macros"),
    path("macros/new/", macros.macro_edit, name="macro_new"),
    path("macros/<uuid:public_id>/", macros.macro_edit, name="macro_edit"),
    path("macros/<uuid:public_id>/archive/", macros.macro_archive, name="macro_archive"),
]

# Below /tickets/<number>/
ticket_urls = [
    path("", tickets.ticket, name="ticket"),
    path("profile/", profile.ticket_profile, name="ticket_profile"),
    path("reply/", tickets.ticket_write, {"kind": "reply"}, name="write_reply"),
    path("note/", tickets.ticket_write, {"kind": "note"}, name="write_note"),
    path("reply/draft/", live.ticket_draft, {"kind": "reply"}, name="draft_reply"),
    path("note/draft/", live.ticket_draft, {"kind": "note"}, name="draft_note"),
    path("looking/", live.ticket_looking, name="looking"),
    path("edit/", tickets.ticket_edit, name="edit"),
    path("take/", acts.ticket_take, name="take"),
    path("acknowledge/", acts.ticket_acknowledge, name="acknowledge"),
    path("escalate/", acts.ticket_escalate, name="escalate"),
    path("watch/", acts.ticket_watch, name="watch"),
    path("watchers/", acts.ticket_add_watcher, name="add_watcher"),
    path("links/", acts.ticket_link, name="link"),
    path("links/<uuid:link_id>/remove/", acts.ticket_unlink, name="unlink"),
    path("merge/", acts.ticket_merge, name="merge"),
    path("messages/<uuid:message_id>/withdraw/", acts.ticket_withdraw, name="withdraw"),
    path("messages/<uuid:message_id>/split/", acts.ticket_split, name="split"),
]

desk_urls = [*list_urls, path("<int:number>/", include(ticket_urls))]
