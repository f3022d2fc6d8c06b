"""Proposals that balance the load, in the administration site: read-only."""

from typing import ClassVar

from django.contrib import admin

from partners.admin.base import ReadOnlyAdmin
from partners.models import BalanceMove, BalanceProposal


@admin.register(BalanceProposal)
class BalanceProposalAdmin(ReadOnlyAdmin):
    list_display = ("role", "made_by", "made_at", "state")
    list_select_related: ClassVar = ["made_by"]
    list_filter: ClassVar = ["state", "role"]
    search_fields: ClassVar = ["made_by__name"]
    ordering: ClassVar = ["-made_at", "-pk"]


@admin.register(BalanceMove)
class BalanceMoveAdmin(ReadOnlyAdmin):
    list_display = ("organization", "giver", "receiver", "hours", "state", "decided_by", "decided_at")
    list_select_related: ClassVar = ["organization", "giver", "receiver", "decided_by"]
    list_filter: ClassVar = ["state"]
    search_fields: ClassVar = ["organization__name", "giver__name", "receiver__name"]
    ordering: ClassVar = ["-pk"]
