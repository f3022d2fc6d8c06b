"""How health is written in the API: states of organizations, receipts, snapshots, pulses, bands set by hand."""

from typing import Any

from rest_framework import serializers

from health.choices import LONGEST_BY_HAND, MAX_WORDS, SET_BY_HAND, Band, PulseValue

SETTABLE = [(band.value, band.label) for band in SET_BY_HAND]
MEASURED = [(state, state) for state in ("fresh", "stale", "never")]


def _points(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=7, decimal_places=2, **options)


class HealthReasonSerializer(serializers.Serializer[Any]):
    """Why the band is what it is."""

    code = serializers.CharField(help_text="veto, stale_veto, coverage, nothing, held, weak, well or override.")
    text = serializers.CharField(help_text="The same in the reader's language.")


class HealthGroupSerializer(serializers.Serializer[Any]):
    """How a group of the scorecard stands."""

    group = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the name of a field, not of this one
    points = _points(allow_null=True, help_text="Null: none of its measures ever had evidence.")
    coverage = _points(help_text="Percent of its weight with fresh evidence.")


class HealthStateSerializer(serializers.Serializer[Any]):
    """The latest health of an organization by the scorecard that makes its band."""

    organization_id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    stage = serializers.CharField()
    scorecard = serializers.CharField()
    score = _points(allow_null=True)
    coverage = _points()
    band = serializers.ChoiceField(choices=Band.choices)
    computed_band = serializers.ChoiceField(choices=Band.choices, help_text="Differs where a person has set the band.")
    band_since = serializers.DateField()
    moved = _points(allow_null=True, help_text="Since the daily snapshot before.")
    reason = HealthReasonSerializer()
    groups = HealthGroupSerializer(many=True)
    day = serializers.DateField(help_text="Of the latest snapshot, in the reporting zone.")


class HealthPartSerializer(serializers.Serializer[Any]):
    """One measure of a receipt. The contributions of all sum to the score."""

    measure = serializers.CharField()
    group = serializers.CharField()
    metric = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the name of a field, not of this one
    raw = serializers.DecimalField(
        max_digits=20,
        decimal_places=6,
        allow_null=True,
        help_text="Null too where it is commercial and closed.",
    )
    points = _points(allow_null=True)
    weight = serializers.DecimalField(max_digits=10, decimal_places=6, help_text="Percent of the whole scorecard.")
    contribution = _points()
    state = serializers.ChoiceField(choices=MEASURED)
    count = serializers.IntegerField()
    newest_at = serializers.DateTimeField(allow_null=True)
    window_from = serializers.DateTimeField(allow_null=True)


class HealthVetoSerializer(serializers.Serializer[Any]):
    """What caps the band; a stale one turns it grey instead."""

    veto = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # the name of a field, not of this one
    cap = serializers.ChoiceField(choices=SETTABLE)
    is_stale = serializers.BooleanField()


class HealthMoverSerializer(serializers.Serializer[Any]):
    measure = serializers.CharField()
    cause = serializers.CharField(help_text="behavior, evidence or version.")
    by = _points()


class HealthChangeSerializer(serializers.Serializer[Any]):
    """How the score moved; the three parts sum to the total, and so do the movers."""

    total = _points(allow_null=True)
    behavior = _points()
    evidence = _points()
    version = _points()
    movers = HealthMoverSerializer(many=True)


class HealthReceiptSerializer(serializers.Serializer[Any]):
    """The receipt of one snapshot."""

    organization_id = serializers.UUIDField()
    scorecard = serializers.CharField()
    scorecard_version = serializers.IntegerField()
    day = serializers.DateField()
    occasion = serializers.CharField()
    score = _points(allow_null=True)
    coverage = _points()
    band = serializers.ChoiceField(choices=Band.choices)
    computed_band = serializers.ChoiceField(choices=Band.choices)
    parts = HealthPartSerializer(many=True)
    vetoes = HealthVetoSerializer(many=True)
    change = HealthChangeSerializer()
    inputs_hash = serializers.CharField()
    computed_at = serializers.DateTimeField()


class HealthSnapshotSerializer(serializers.Serializer[Any]):
    """One snapshot without its receipt."""

    day = serializers.DateField()
    occasion = serializers.CharField()
    scorecard = serializers.CharField(source="card")
    scorecard_version = serializers.IntegerField(source="card_version")
    score = _points(allow_null=True)
    coverage = _points()
    band = serializers.ChoiceField(choices=Band.choices)
    computed_band = serializers.ChoiceField(choices=Band.choices)
    computed_at = serializers.DateTimeField()


class PulseSerializer(serializers.Serializer[Any]):
    """What an owner thought of an organization."""

    id = serializers.UUIDField(source="public_id")
    value = serializers.ChoiceField(choices=PulseValue.choices)
    note = serializers.CharField()
    given_by = serializers.CharField(source="given_by.name")
    given_at = serializers.DateTimeField()


class PulseWriteSerializer(serializers.Serializer[Any]):
    """Yellow and red ones say why."""

    value = serializers.ChoiceField(choices=PulseValue.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=MAX_WORDS, default="")


class BandOverrideSerializer(serializers.Serializer[Any]):
    """A band set by hand."""

    id = serializers.UUIDField(source="public_id")
    band = serializers.ChoiceField(choices=SETTABLE)
    reason = serializers.CharField()
    set_by = serializers.CharField(source="set_by.name")
    started_at = serializers.DateTimeField()
    until = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class BandOverrideWriteSerializer(serializers.Serializer[Any]):
    band = serializers.ChoiceField(choices=SETTABLE)
    reason = serializers.CharField(max_length=MAX_WORDS)
    until = serializers.DateTimeField(help_text=f"At most {LONGEST_BY_HAND.days} days ahead.")
