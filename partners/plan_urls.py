"""Addresses of success plans (namespace `partners`): below an organization, /success-plans/, the portal."""

from django.urls import path

from partners.views import plan_lists, plan_parts
from partners.views import success_plans as views

organization_plan_urls = [
    path("success-plans/", views.organization_success_plans, name="organization_success_plans"),
    path("success-plans/new/", views.success_plan_add, name="success_plan_add"),
]

plan_urls = [
    path("", plan_lists.success_plans, name="success_plans"),
    path("export/", plan_lists.success_plan_export, name="success_plan_export"),
    path("coverage/", plan_lists.plan_coverage_page, name="plan_coverage"),
    path("coverage/accounts/", plan_lists.plan_accounts, name="plan_accounts"),
    path("coverage/accounts/export/", plan_lists.plan_account_export, name="plan_account_export"),
    path("value/", plan_lists.plan_value_page, name="plan_value"),
    path("value/export/", plan_lists.plan_value_export, name="plan_value_export"),
    path("<uuid:plan_id>/edit/", views.success_plan_edit, name="success_plan_edit"),
    path("<uuid:plan_id>/begin/", views.success_plan_begin, name="success_plan_begin"),
    path("<uuid:plan_id>/complete/", views.success_plan_complete, name="success_plan_complete"),
    path("<uuid:plan_id>/give-up/", views.success_plan_abandon, name="success_plan_abandon"),
    path("<uuid:plan_id>/objectives/new/", plan_parts.objective_add, name="objective_add"),
    path("<uuid:plan_id>/steps/new/", plan_parts.plan_step_add, name="plan_step_add"),
    path("objectives/<uuid:objective_id>/edit/", plan_parts.objective_edit, name="objective_edit"),
    path("objectives/<uuid:objective_id>/move/", plan_parts.objective_move, name="objective_move"),
    path("objectives/<uuid:objective_id>/achieve/", views.objective_achieve, name="objective_achieve"),
    path("objectives/<uuid:objective_id>/miss/", views.objective_miss, name="objective_miss"),
    path("objectives/<uuid:objective_id>/drop/", views.objective_drop, name="objective_drop"),
    path("objectives/<uuid:objective_id>/reopen/", views.objective_reopen, name="objective_reopen"),
]

# Below /portal/
portal_plan_urls = [path("plans/", views.portal_plans, name="portal_plans")]
