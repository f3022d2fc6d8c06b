"""Features, their use, and what was bought, as programs read and write them."""

from typing import Any

from rest_framework import serializers

from health.api.sample_serializers import BatchHeadSerializer, IngestResultSerializer
from health.models import Feature
from health.rules.adoption import DOWN, LEVEL, NEVER, UNDERUSED, UP, USED

FEATURE_STATES = tuple((state, state) for state in (USED, UNDERUSED, NEVER))
USE_TRENDS = tuple((trend, trend) for trend in (UP, LEVEL, DOWN))


class FeatureSerializer(serializers.ModelSerializer[Feature]):
    """A feature. It counts as used from so many uses a week, and from the day of its release."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Feature
        fields = ("id", "key", "name", "module", "description", "used_from", "released_on", "retired_on", "version")
        read_only_fields = fields


class UsageEventSerializer(serializers.Serializer[Any]):
    """One event, or `count` of the same. A time without an offset is of the reporting zone."""

    organization_id = serializers.UUIDField()
    event = serializers.CharField(max_length=120)
    at = serializers.DateTimeField()
    person = serializers.CharField(required=False, help_text="Any name that tells people apart; it is not kept.")
    count = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000)


class UsageBatchSerializer(BatchHeadSerializer):
    """Events of whole weeks, up to 10,000. An event is called like its feature, or `features` says which it is of."""

    features = serializers.DictField(child=serializers.CharField(), required=False)
    events = UsageEventSerializer(many=True)


class UsageResultSerializer(IngestResultSerializer):
    """`weeks` of organizations were written. Events of no feature count as use of the product alone."""

    weeks = serializers.IntegerField()
    unknown_events = serializers.ListField(child=serializers.CharField())


class FeatureLineSerializer(serializers.Serializer[Any]):
    """How a feature is used at an organization in the last four whole weeks."""

    key = serializers.CharField(source="feature.key")
    name = serializers.CharField(source="feature.name")
    state = serializers.ChoiceField(choices=FEATURE_STATES)
    weekly = serializers.DecimalField(max_digits=20, decimal_places=1, source="adopted.weekly")
    trend = serializers.ChoiceField(choices=USE_TRENDS, source="adopted.trend")
    change_percent = serializers.IntegerField(source="adopted.change", allow_null=True)
    last_week_on = serializers.DateField(allow_null=True)
    median_of_others = serializers.DecimalField(
        max_digits=20, decimal_places=1, source="others", allow_null=True, help_text="None where too few are alike."
    )


class AdoptionSerializer(serializers.Serializer[Any]):
    """The use of features by an organization."""

    percent = serializers.DecimalField(max_digits=5, decimal_places=1, allow_null=True)
    median_percent_of_others = serializers.DecimalField(
        max_digits=5, decimal_places=1, allow_null=True, source="benchmark.percent"
    )
    since = serializers.DateField()
    until = serializers.DateField()
    features = FeatureLineSerializer(many=True, source="lines")


class EntitlementSerializer(serializers.Serializer[Any]):
    """How much of a metric was bought, from a day until another. Said again for its first day it is corrected."""

    metric = serializers.CharField(source="metric.key")
    amount = serializers.DecimalField(max_digits=20, decimal_places=6)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]


class EntitlementWriteSerializer(serializers.Serializer[Any]):
    """What was bought."""

    metric = serializers.CharField(max_length=60)
    amount = serializers.DecimalField(max_digits=20, decimal_places=6)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=60, required=False, allow_blank=True
    )
