"""Addresses of losses (namespace `partners`): below an organization, and below /losses/."""

from django.urls import path

from partners.views import losses

organization_loss_urls = [path("losses/new/", losses.loss_add, name="loss_add")]

loss_urls = [
    path("", losses.loss_list, name="losses"),
    path("export/", losses.loss_export, name="loss_export"),
    path("<uuid:loss_id>/edit/", losses.loss_edit, name="loss_edit"),
    path("<uuid:loss_id>/return/", losses.loss_return, name="loss_return"),
    path("<uuid:loss_id>/withdraw/", losses.loss_withdraw, name="loss_withdraw"),
    path("<uuid:loss_id>/reopen/", losses.loss_reopen, name="loss_reopen"),
]
