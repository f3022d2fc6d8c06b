"""Addresses of incidents: below /incidents/ for colleagues, below /portal/incidents/ in the portal (in `tickets`)."""

from django.urls import URLPattern, URLResolver, include, path

from tickets.views import incident_acts, incidents, portal_incidents, post_mortems

# Below /incidents/<number>/
_one = [
    path("", incidents.incident, name="incident"),
    path("head/", incidents.incident_head, name="incident_head"),
    path("edit/", incidents.incident_edit, name="incident_edit"),
    path("update/public/", incident_acts.incident_write, {"is_public": True}, name="incident_write_public"),
    path("update/internal/", incident_acts.incident_write, {"is_public": False}, name="incident_write_internal"),
    path("severity/", incident_acts.incident_severity, name="incident_severity"),
    path("command/", incident_acts.incident_command, name="incident_command"),
    path("move/", incident_acts.incident_move, name="incident_move"),
    path("tickets/", incident_acts.incident_link, name="incident_link"),
    path("tickets/<int:ticket>/remove/", incident_acts.incident_unlink, name="incident_unlink"),
    path("organizations/", incident_acts.incident_affect, name="incident_affect"),
    path("organizations/remove/", incident_acts.incident_spare, name="incident_spare"),
    path("follow/", incident_acts.incident_follow, name="incident_follow"),
    path("followers/", incident_acts.incident_add_follower, name="incident_add_follower"),
    path("followers/remove/", incident_acts.incident_drop_follower, name="incident_drop_follower"),
    path("post-mortem/", post_mortems.post_mortem, name="post_mortem"),
    path("post-mortem/edit/", post_mortems.post_mortem_edit, name="post_mortem_edit"),
    path("post-mortem/submit/", post_mortems.post_mortem_submit, name="post_mortem_submit"),
    path("post-mortem/return/", post_mortems.post_mortem_return, name="post_mortem_return"),
    path("post-mortem/publish/", post_mortems.post_mortem_publish, name="post_mortem_publish"),
    path("post-mortem/share/", post_mortems.post_mortem_share, name="post_mortem_share"),
    path("post-mortem/compare/<int:before>/", post_mortems.post_mortem_compare, name="post_mortem_compare"),
    path("post-mortem/actions/", post_mortems.post_mortem_action, name="post_mortem_action"),
    path(
        "post-mortem/actions/<uuid:action_id>/remove/",
        post_mortems.post_mortem_action_remove,
        name="post_mortem_action_remove",
    ),
]

incident_urls: list[URLPattern | URLResolver] = [
    path("", incidents.incident_list, name="incidents"),
    path("declare/", incidents.incident_declare, name="incident_declare"),
    path("recurring/", incidents.incident_recurring, name="incident_recurring"),
    path("organization-names/", incidents.incident_names, name="incident_names"),
    path("<int:number>/", include(_one)),
]

portal_incident_urls = [
    path("", portal_incidents.portal_incident_list, name="portal_incidents"),
    path("<int:number>/", portal_incidents.portal_incident, name="portal_incident"),
    path("<int:number>/follow/", portal_incidents.portal_incident_follow, name="portal_incident_follow"),
]
