"""Worlds of other tools: how their files become weeks, what is rejected, and that a second run changes nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from common.reading import MalformedInput
from health.models import FeatureUse, Sample
from health.rules.world_files import Rejects, added_up, day_of, read_world, weekly
from health.services import worlds
from partners.models import Loss, Organization
from tests.factories.accounts import make_user
from tests.factories.health_metrics import load_metrics, metric

DATA = Path(settings.BASE_DIR).parent / "shared" / "data"
MAPPINGS = Path(settings.BASE_DIR) / "docs" / "mappings"
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
RAVEN = yaml.safe_load((MAPPINGS / "saas_ravenstack_world.yaml").read_text())
GUARD = yaml.safe_load((MAPPINGS / "saas_saasguard_world.yaml").read_text())


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2024-03-11", "YMD", date(2024, 3, 11)),
        ("11-03-2024", "DMY", date(2024, 3, 11)),
        ("31-02-2024", "DMY", None),
        ("11-03-2024", "YMD", None),
        ("2024-03", "YMD", None),
        ("", "YMD", None),
    ],
)
def test_days_as_a_file_writes_them(text: str, order: str, day: date | None) -> None:
    assert day_of(text, order) == day


def test_weeks_stand_where_they_end() -> None:
    usage, rejects = read_world(GUARD, "saas_saasguard").usage, Rejects()
    counts = dict.fromkeys(usage.features, "0") | {"api_call": "3"}
    good = {"customer_id": "a", "week": "2024-03-11", "events": "3", "adoption_mean": "0.75", **counts}
    rows = [good, {**good, "week": "2024-03-12"}, {**good, "events": "many"}, {**good, "api_call": "x"}]
    (week,) = weekly(rows, usage, rejects)
    assert week.known_at == datetime(2024, 3, 18, tzinfo=UTC)
    assert (week.values, week.uses) == ({"usage_events": 3, "feature_adoption": Decimal("75.00")}, {"api_call": 3})
    assert rejects.counts == {"no Monday": 1, "no number": 2}


def use(key: str, day: str, *, count: str = "4", errors: str = "1", whose: str = "s1") -> dict[str, str]:
    names = ("usage_id", "subscription_id", "usage_date", "feature_name", "usage_count", "error_count")
    return dict(zip(names, (key, whose, day, "feature_1", count, errors), strict=True))


def test_single_uses_are_added_up_and_dirt_is_told() -> None:
    usage, rejects = read_world(RAVEN, "saas_ravenstack").usage, Rejects()
    rows = [
        use("1", "12-03-2024"),
        use("2", "17-03-2024", count="6", errors="0"),
        use("1", "13-03-2024"),
        use("3", "01-01-2024"),
        use("4", "20-02-2024"),
        use("5", "99-03-2024"),
        use("6", "12-03-2024", whose="nobody's"),
        use("7", "12-03-2024", whose="s2"),
        use("8", "12-03-2024", count="-1"),
        use("9", "12-03-2024", errors="x"),
    ]
    held = {"s1": ("a", date(2024, 3, 1)), "s2": ("unknown", None)}
    since = {"a": date(2024, 2, 1)}
    (week,) = added_up(rows, usage, owner=lambda row: held.get(row["subscription_id"]), since=since, rejects=rejects)
    assert (week.organization, week.monday, week.uses) == ("a", date(2024, 3, 11), {"feature_1": 10})
    assert week.values == {"usage_events": 10, "feature_adoption": Decimal("2.5"), "error_rate": 10}
    assert rejects.counts == {
        "a key that came before": 1,
        "before the organization signed up": 1,
        "before its subscription began": 1,
        "no day": 1,
        "of nobody": 2,
        "no count": 2,
    }
    assert [row for _file, row, _why, _found in rejects.listed] == [4, 5, 6, 7, 8, 9, 10, 11]


@pytest.mark.parametrize("change", [{"usage": {}}, {"usage": {"file": 3}}, {"more": 1}, {"organizations": []}])
def test_a_mapping_that_does_not_hold_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(MalformedInput):
        read_world({**GUARD, **change}, "x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first customers of the real files; absent data skip."""
    source = DATA / "saas_saasguard"
    if not source.is_dir():
        pytest.skip("../shared/data/saas_saasguard is not here")
    keys: set[str] = set()
    for name, most in (("customers", 60), ("usage_weekly", 0)):
        with worlds.open_rows(source / f"{name}.csv.gz") as rows:
            found = [row for row in rows if row["customer_id"] in keys] if keys else [*rows][:most]
        keys = keys or {row["customer_id"] for row in found}
        lines = [",".join(found[0]), *(",".join(row.values()) for row in found)]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.mark.django_db
def test_real_files_twice(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load_metrics(
        metric("usage_events", unit="per_day", combine="rate", minimum=0),
        metric("feature_adoption", unit="percent", combine="last", minimum=0, maximum=100, collected=True),
        now=NOW,
    )
    make_user("admin", email="adam@vendor.example")
    parts = {
        key: {**GUARD[key], "file": GUARD[key]["file"].removesuffix(".gz")}
        for key in ("organizations", "losses", "usage")
    }
    mapping = tmp_path / "small_world.yaml"
    mapping.write_text(yaml.safe_dump({**parts, "tickets": {"file": "none", "source": "saasguard"}}), encoding="utf-8")
    sent = ["import_world", "small", "--from", str(folder), "--as", "adam@vendor.example", "--mapping", str(mapping)]
    call_command(*sent, "--without-tickets")
    first = capsys.readouterr().out
    counts = [model.objects.count() for model in (Organization, Loss, Sample, FeatureUse)]
    assert counts[0] == 60
    assert all(counts)
    assert f"{counts[1]} new, 0 here already" in first
    # A week is known when it is over, and no week begins after somebody has left.
    weeks = [(row.organization_id, row.at.astimezone(UTC)) for row in Sample.objects.all()]
    assert {at.isoweekday() for _pk, at in weeks} == {1}
    gone = {row.organization_id: row.lost_on for row in Loss.objects.all()}
    assert all(at.date() - timedelta(days=7) <= gone.get(pk, at.date()) for pk, at in weeks)
    call_command(*sent, "--without-tickets")
    assert "0 new" in capsys.readouterr().out
    assert counts == [model.objects.count() for model in (Organization, Loss, Sample, FeatureUse)]
