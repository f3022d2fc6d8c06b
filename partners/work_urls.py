"""Addresses of tasks, commitments and plays (namespace `partners`)."""

from django.urls import URLPattern, URLResolver, include, path

from partners.views import (
    commitment_lists,
    commitments,
    evidence,
    exports,
    plays,
    portal_tasks,
    task_bulk,
    task_pages,
    tasks,
)
from partners.views.saved_views import ORGANIZATION_TASKS, TASKS, view_urls

# Below /organizations/<public id>/
page_urls = [
    path("tasks/", task_pages.organization_tasks_tab, name="organization_tasks"),
    path("tasks/new/", task_pages.task_add, name="task_add"),
    path("commitments/", commitments.organization_commitments_tab, name="organization_commitments"),
    path("commitments/new/", commitments.commitment_add, name="commitment_add"),
    path("commitments/export/", exports.commitment_export, name="commitment_export"),
    path("plays/", plays.organization_plays, name="organization_plays"),
    path("plays/new/", plays.play_start, name="play_start"),
]

# Below /tasks/
task_urls: list[URLPattern | URLResolver] = [
    path("", tasks.tasks, name="tasks"),
    path("board/", tasks.task_board, name="task_board"),
    path("export/", tasks.task_export, name="task_export"),
    path("views/", include(view_urls(TASKS))),
    path("organization-views/", include(view_urls(ORGANIZATION_TASKS))),
    path("edit/", task_bulk.task_bulk_edit, name="task_bulk_edit"),
    path("edit/undo/<str:token>/", task_bulk.task_bulk_undo, name="task_bulk_undo"),
    path("<uuid:public_id>/", task_pages.task, name="task"),
    path("<uuid:public_id>/edit/", task_pages.task_edit, name="task_edit"),
    *(
        path(f"<uuid:public_id>/{name}/", task_pages.task_act, {"name": name}, name=f"task_{name}")
        for name in task_pages.ACTS
    ),
    path("<uuid:public_id>/restore/", task_pages.task_restore, name="task_restore"),
    path("<uuid:public_id>/evidence/", evidence.evidence_add, name="evidence_add"),
]

# Below /commitments/
commitment_urls = [
    path("", commitment_lists.commitment_list, name="commitments"),
    path("export/", commitment_lists.commitment_list_export, name="commitment_list_export"),
    path("kept/", commitment_lists.commitment_rates, name="commitment_rates"),
    path("<uuid:commitment_id>/edit/", commitments.commitment_edit, name="commitment_edit"),
    path("<uuid:commitment_id>/keep/", commitments.commitment_keep, name="commitment_keep"),
    path("<uuid:commitment_id>/break/", commitments.commitment_break, name="commitment_break"),
    path("<uuid:commitment_id>/withdraw/", commitments.commitment_withdraw, name="commitment_withdraw"),
    path("<uuid:commitment_id>/reopen/", commitments.commitment_reopen, name="commitment_reopen"),
    path("<uuid:commitment_id>/renegotiate/", commitments.commitment_renegotiate, name="commitment_renegotiate"),
]

# Below /evidence/
evidence_urls = [
    path("<uuid:evidence_id>/", evidence.evidence_download, name="evidence"),
    path("<uuid:evidence_id>/remove/", evidence.evidence_remove, name="evidence_remove"),
]

# Below /portal/
portal_urls = [
    path("tasks/", portal_tasks.portal_task_list, name="portal_tasks"),
    path("tasks/<uuid:public_id>/", portal_tasks.portal_task_page, name="portal_task"),
    path("commitments/", commitments.portal_commitment_list, name="portal_commitments"),
    path("evidence/<uuid:evidence_id>/remove/", evidence.portal_evidence_remove, name="portal_evidence_remove"),
]

urlpatterns = [
    path("tasks/", include(task_urls)),
    path("commitments/", include(commitment_urls)),
    path("plays/<uuid:public_id>/", plays.play_run, name="play_run"),
    path("evidence/", include(evidence_urls)),
]
