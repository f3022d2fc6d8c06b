"""Addresses of reviews (namespace `partners`): below an organization, below /reviews/, and in the portal."""

from django.urls import path

from partners.views import review_acts, review_lists, reviews

organization_review_urls = [
    path("reviews/", reviews.organization_reviews, name="organization_reviews"),
    path("reviews/begin/", review_acts.review_begin, name="review_begin"),
]

review_urls = [
    path("", review_lists.review_list, name="reviews"),
    path("export/", review_lists.review_export, name="review_export"),
    path("missing/", review_lists.review_missing, name="review_missing"),
    path("missing/export/", review_lists.review_missing_export, name="review_missing_export"),
    path("coverage/", review_lists.review_coverage_words, name="review_coverage"),
    path("batch/", review_lists.review_batch, name="review_batch"),
    path("batch/state/", review_lists.review_batch_state, name="review_batch_state"),
    path("<uuid:review_id>/", reviews.review, name="review"),
    path("<uuid:review_id>/edit/", review_acts.review_edit, name="review_edit"),
    path("<uuid:review_id>/rebuild/", review_acts.review_rebuild, name="review_rebuild"),
    path("<uuid:review_id>/ready/", review_acts.review_ready, name="review_ready"),
    path("<uuid:review_id>/present/", review_acts.review_present, name="review_present"),
    path("<uuid:review_id>/cancel/", review_acts.review_cancel, name="review_cancel"),
    path("<uuid:review_id>/actions/", review_acts.review_action, name="review_action"),
    path("<uuid:review_id>/sections/<slug:key>/", review_acts.section_edit, name="review_section"),
    path("<uuid:review_id>/documents/", review_acts.document_want, name="review_document_want"),
    path("<uuid:review_id>/documents/state/", reviews.document_states, name="review_document_states"),
    path("documents/<uuid:document_id>/", reviews.document_file, name="review_document"),
]

portal_review_urls = [
    path("reviews/", reviews.portal_reviews, name="portal_reviews"),
    path("reviews/<uuid:review_id>/", reviews.portal_review, name="portal_review"),
]
