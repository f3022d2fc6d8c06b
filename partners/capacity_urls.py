"""Addresses of weeks ahead and of proposals that balance them (namespace `partners`)."""

from django.urls import path

from partners.views import balance, capacity, capacity_what_if

# Below /capacity/
capacity_urls = [
    path("", capacity.capacity, name="capacity"),
    path("export/", capacity.capacity_export, name="capacity_export"),
    path("people/<uuid:person_id>/", capacity.capacity_person, name="capacity_person"),
    path("what-if/", capacity_what_if.capacity_what_if, name="capacity_what_if"),
    path("balance/", balance.balance_list, name="balances"),
    path("balance/<uuid:proposal_id>/", balance.balance_proposal, name="balance"),
    path("balance/<uuid:proposal_id>/moves/<uuid:move_id>/accept/", balance.balance_accept, name="balance_accept"),
    path("balance/<uuid:proposal_id>/moves/<uuid:move_id>/refuse/", balance.balance_refuse, name="balance_refuse"),
]
