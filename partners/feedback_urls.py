"""Addresses of product feedback and beta programs (namespace `partners`): below /feedback/, and an organization."""

from django.urls import path

from partners.views import betas, feedback, feedback_items, feedback_voices, issue_hooks, release_notes

organization_feedback_urls = [
    path("feedback/", feedback_voices.organization_feedback, name="organization_feedback"),
    path("feedback/new/", feedback_voices.feedback_add, name="feedback_add"),
    path("feedback/<uuid:item_id>/", feedback_voices.voice_add, name="voice_add"),
]

feedback_urls = [
    path("", feedback.feedback_list, name="feedback"),
    path("board/", feedback.feedback_board, name="feedback_board"),
    path("export/", feedback.feedback_export, name="feedback_export"),
    path("release-notes/", release_notes.release_note_list, name="release_notes"),
    path("release-notes/<uuid:note_id>/", release_notes.release_note, name="release_note"),
    path("release-notes/<uuid:note_id>/send/", release_notes.release_note_send, name="release_note_send"),
    path("release-notes/<uuid:note_id>/discard/", release_notes.release_note_discard, name="release_note_discard"),
    path("release-notes/<uuid:note_id>/restore/", release_notes.release_note_restore, name="release_note_restore"),
    path("betas/", betas.beta_list, name="betas"),
    path("betas/new/", betas.beta_new, name="beta_new"),
    path("betas/<uuid:program_id>/", betas.beta, name="beta"),
    path("betas/<uuid:program_id>/edit/", betas.beta_edit, name="beta_edit"),
    path("betas/<uuid:program_id>/invite/", betas.beta_invite, name="beta_invite"),
    path("betas/seats/<uuid:seat_id>/", betas.seat_edit, name="beta_seat"),
    path("voices/<uuid:voice_id>/", feedback_voices.voice_edit, name="voice_edit"),
    path("voices/<uuid:voice_id>/remove/", feedback_voices.voice_remove, name="voice_remove"),
    path("<uuid:item_id>/", feedback_items.feedback_item, name="feedback_item"),
    path("<uuid:item_id>/edit/", feedback_items.feedback_edit, name="feedback_edit"),
    path("<uuid:item_id>/move/", feedback_items.feedback_move, name="feedback_move"),
    path("<uuid:item_id>/issue/", feedback_items.feedback_issue, name="feedback_issue"),
    path("<uuid:item_id>/merge/", feedback_items.feedback_merge, name="feedback_merge"),
    path("<uuid:item_id>/ask/", feedback_items.feedback_ask, name="feedback_ask"),
]

# Below /portal/
portal_beta_urls = [
    path("betas/", betas.portal_betas, name="portal_betas"),
    path("betas/<uuid:seat_id>/", betas.portal_beta_answer, name="portal_beta_answer"),
]

# Below /hooks/issues/, for other tools
issue_hook_urls = [path("<slug:provider>/", issue_hooks.issue_hook, name="issue_hook")]
