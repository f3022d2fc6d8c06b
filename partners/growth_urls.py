"""Addresses of growth (namespace `partners`): below an organization, the pipeline, renewals, figures, autopsies."""

from django.urls import include, path

from partners.views import growth, growth_home, ledger, opportunities, renewals

organization_growth_urls = [
    path("growth/", growth.organization_growth, name="organization_growth"),
    path("opportunities/new/", opportunities.opportunity_add, name="opportunity_add"),
    path("renewals/new/", renewals.renewal_add, name="renewal_add"),
    path("revenue/new/", growth.revenue_add, name="revenue_add"),
]

opportunity_urls = [
    path("", opportunities.pipeline, name="pipeline"),
    path("export/", opportunities.pipeline_export, name="pipeline_export"),
    path("<uuid:opportunity_id>/", opportunities.opportunity, name="opportunity"),
    path("<uuid:opportunity_id>/move/", opportunities.opportunity_move, name="opportunity_move"),
    path("<uuid:opportunity_id>/close/", opportunities.opportunity_close, name="opportunity_close"),
    path("<uuid:opportunity_id>/reopen/", opportunities.opportunity_reopen, name="opportunity_reopen"),
    path("<uuid:opportunity_id>/archive/", opportunities.opportunity_archive, name="opportunity_archive"),
    path("<uuid:opportunity_id>/restore/", opportunities.opportunity_restore, name="opportunity_restore"),
]

renewal_urls = [
    path("", renewals.renewal_list, name="renewals"),
    path("export/", renewals.renewal_export, name="renewal_export"),
    path("<uuid:renewal_id>/", renewals.renewal, name="renewal"),
    path("<uuid:renewal_id>/edit/", renewals.renewal_edit, name="renewal_edit"),
    path("<uuid:renewal_id>/verdict/", renewals.renewal_say, name="renewal_say"),
    path("<uuid:renewal_id>/end/", renewals.renewal_end, name="renewal_end"),
    path("<uuid:renewal_id>/reopen/", renewals.renewal_reopen, name="renewal_reopen"),
]

urlpatterns = [
    path("growth/", growth.growth, name="growth"),
    path("growth/mine/", growth_home.growth_mine, name="growth_mine"),
    path("growth/people/", growth_home.growth_people, name="growth_people"),
    path("growth/ledger/", ledger.ledger, name="ledger"),
    path("growth/ledger/export/", ledger.ledger_export, name="ledger_export"),
    path("opportunities/", include(opportunity_urls)),
    path("renewals/", include(renewal_urls)),
    path("losses/<uuid:loss_id>/autopsy/", growth.autopsy, name="autopsy"),
    path("losses/<uuid:loss_id>/autopsy/reopen/", growth.autopsy_reopen, name="autopsy_reopen"),
]
