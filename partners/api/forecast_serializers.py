"""Forecasts, launches and load as the API tells them."""

from typing import Any

from rest_framework import serializers

from partners.api.choices import LOAD_BAND_CHOICES, OWNER_ROLE_CHOICES
from partners.choices import OrganizationKind, Stage
from partners.work_choices import Risk


class ExpectedSerializer(serializers.Serializer[Any]):
    """The days by which a gate is passed in 1 of 2 and in 4 of 5 simulated courses."""

    stage = serializers.ChoiceField(choices=Stage.choices)
    p50 = serializers.DateField()
    p80 = serializers.DateField()


class PoolSerializer(serializers.Serializer[Any]):
    """How many ended stays of one likeness there were, and the weight that they had."""

    level = serializers.ChoiceField(choices=["like", "same_tier", "same_kind", "fallback"])
    count = serializers.IntegerField()
    weight = serializers.FloatField()


class BasisSerializer(serializers.Serializer[Any]):
    """How long a stage takes like organizations, before the own pace."""

    stage = serializers.ChoiceField(choices=Stage.choices)
    median_days = serializers.IntegerField()
    p80_days = serializers.IntegerField()
    pools = PoolSerializer(many=True)


class ReceiptSerializer(serializers.Serializer[Any]):
    """What a forecast was made from. `pace` above 1 is slower than like organizations, by `pace_from` stages."""

    pace = serializers.FloatField()
    pace_from = serializers.IntegerField()
    days_in_stage = serializers.IntegerField()
    tier = serializers.CharField()
    gemstone = serializers.CharField()
    draws = serializers.IntegerField()
    seed = serializers.IntegerField()
    bases = BasisSerializer(many=True)


class ForecastSerializer(serializers.Serializer[Any]):
    """What is foreseen of an organization. All is null, and `gates` empty, where nothing is or not yet.

    `buffer_days` are those from the 4-in-5 day to the target: below 0 a high risk, below 14 a medium one.
    """

    as_of = serializers.DateField(allow_null=True)
    gates = ExpectedSerializer(many=True)
    launch_p50_on = serializers.DateField(allow_null=True)
    launch_p80_on = serializers.DateField(allow_null=True)
    target_on = serializers.DateField(allow_null=True)
    buffer_days = serializers.IntegerField(allow_null=True)
    risk = serializers.ChoiceField(choices=Risk.choices, allow_null=True)
    journey_version = serializers.IntegerField(allow_null=True)
    receipt = ReceiptSerializer(allow_null=True)


class LaunchSerializer(serializers.Serializer[Any]):
    """One launch of the list, with the reasons in words."""

    organization_id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    stage = serializers.ChoiceField(choices=Stage.choices)
    carried_by = serializers.CharField(help_text="The owner in the role that carries the stage; empty for nobody.")
    target_on = serializers.DateField(allow_null=True)
    launch_p50_on = serializers.DateField(allow_null=True)
    launch_p80_on = serializers.DateField(allow_null=True)
    buffer_days = serializers.IntegerField(allow_null=True)
    risk = serializers.ChoiceField(choices=Risk.choices, allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())
    as_of = serializers.DateField()


class LoadLineSerializer(serializers.Serializer[Any]):
    label: Any = serializers.CharField()
    minutes = serializers.IntegerField()
    count = serializers.IntegerField()


class RoleCountSerializer(serializers.Serializer[Any]):
    """The number of organizations held in a role, beside what is expected: a range, empty where nothing is."""

    role = serializers.ChoiceField(choices=OWNER_ROLE_CHOICES)
    count = serializers.IntegerField()
    expected = serializers.CharField()


class LoadSerializer(serializers.Serializer[Any]):
    """One person's present week in minutes. `percent` is null for who is away."""

    user_id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    week_on = serializers.DateField(help_text="The Monday.")
    minutes_wanted = serializers.IntegerField()
    minutes_there = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True)
    band = serializers.ChoiceField(choices=LOAD_BAND_CHOICES)
    organizations = serializers.IntegerField()
    lines = LoadLineSerializer(many=True)
    counts = RoleCountSerializer(many=True)
