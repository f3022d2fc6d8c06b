"""Addresses of success plans (namespace `partners`): below an organization, and below /success-plans/."""

from django.urls import path

from partners.views import success_plans as views

organization_plan_urls = [
    path("success-plans/", views.organization_success_plans, name="organization_success_plans"),
    path("success-plans/new/", views.success_plan_add, name="success_plan_add"),
]

plan_urls = [
    path("<uuid:plan_id>/edit/", views.success_plan_edit, name="success_plan_edit"),
    path("<uuid:plan_id>/begin/", views.success_plan_begin, name="success_plan_begin"),
    path("<uuid:plan_id>/complete/", views.success_plan_complete, name="success_plan_complete"),
    path("<uuid:plan_id>/give-up/", views.success_plan_abandon, name="success_plan_abandon"),
    path("objectives/<uuid:objective_id>/achieve/", views.objective_achieve, name="objective_achieve"),
    path("objectives/<uuid:objective_id>/miss/", views.objective_miss, name="objective_miss"),
    path("objectives/<uuid:objective_id>/drop/", views.objective_drop, name="objective_drop"),
    path("objectives/<uuid:objective_id>/reopen/", views.objective_reopen, name="objective_reopen"),
]
