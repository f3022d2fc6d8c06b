"""Metrics and samples as programs read and write them."""

from typing import Any

from rest_framework import serializers

from health.choices import Combine, Direction
from health.rules.metric_packs import UNITS

MOST_ROWS = 10_000


class MetricSerializer(serializers.Serializer[Any]):
    """What can be measured. Metrics that the hub computes itself take no samples from outside."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    unit = serializers.ChoiceField(choices=[(unit, unit) for unit in UNITS])
    direction = serializers.ChoiceField(choices=Direction.choices)
    combine = serializers.ChoiceField(choices=Combine.choices)
    rhythm_days = serializers.IntegerField()
    minimum = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    maximum = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    is_commercial = serializers.BooleanField()
    is_collected = serializers.BooleanField()


class SampleSerializer(serializers.Serializer[Any]):
    """One value of a metric at an instant; `received_at` says since when it is known."""

    metric = serializers.CharField(source="metric__key")
    at = serializers.DateTimeField()
    value = serializers.DecimalField(max_digits=20, decimal_places=6)
    source = serializers.CharField(source="source__key")  # type: ignore[assignment]
    received_at = serializers.DateTimeField()


class SampleRowSerializer(serializers.Serializer[Any]):
    """One sample to be taken. With its unit a row says what it means: percent and ratios are not mixed up."""

    organization_id = serializers.UUIDField()
    metric = serializers.CharField(help_text="The key of a metric.")
    at = serializers.DateTimeField(help_text="With its offset.")
    value = serializers.DecimalField(max_digits=20, decimal_places=6, coerce_to_string=False)
    unit = serializers.CharField(required=False)


class BatchHeadSerializer(serializers.Serializer[Any]):
    """What a batch says of all its rows."""

    source = serializers.RegexField(  # type: ignore[assignment]
        r"^[a-z0-9][a-z0-9_.:-]{0,59}\Z", required=False, default="api"
    )
    skip_bad = serializers.BooleanField(required=False, default=False)


class SampleBatchSerializer(BatchHeadSerializer):
    """Up to 10,000 samples of one source. Without `skip_bad` one bad row means that nothing is taken."""

    samples = SampleRowSerializer(many=True)


class RejectedRowSerializer(serializers.Serializer[Any]):
    """A row that was not taken; rows count from 1."""

    row = serializers.IntegerField()
    field = serializers.CharField(allow_blank=True)
    found = serializers.CharField(allow_blank=True)
    expected = serializers.CharField()


class IngestResultSerializer(serializers.Serializer[Any]):
    """What became of a batch. `unchanged` rows were here already with the same value."""

    accepted = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = RejectedRowSerializer(many=True)
