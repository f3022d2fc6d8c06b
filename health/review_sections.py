"""What health tells in a business review: how it stands and why, and which features are used."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.document import Chart, Column, Series, Table, Tone
from common.templatetags.format import spell_day, spell_number
from health.models import DAILY, FeatureUse, HealthState, Snapshot
from health.policies import policies_in_force
from health.words import band_label, reason_words, spell_score, spell_signed
from partners.review_sections import Asked, SectionSource, register
from partners.rules.review_content import Figure, SectionContent, Source

_TONES: dict[str, Tone] = {"green": "good", "yellow": "warn", "red": "bad"}
_MOST_POINTS, _MOST_FEATURES = 14, 10


def offer() -> None:
    """Called once, when the app is ready."""
    register(SectionSource(key="health", title=gettext_lazy("Health"), build=health))
    register(SectionSource(key="adoption", title=gettext_lazy("Adoption"), build=adoption))


def health(asked: Asked) -> SectionContent:
    """The band on the last day with its reason, how the score moved, and its course week by week."""
    rows = list(
        Snapshot.objects.filter(
            organization=asked.organization,
            is_main=True,
            occasion=DAILY,
            day__gte=asked.period_from,
            day__lt=asked.period_to,
        )
        .order_by("day")
        .values("day", "score", "band", "card", "card_version")
    )
    if not rows:
        return SectionContent(lead=_("Health was not computed in these months."))
    first, last = rows[0], rows[-1]
    words = {"band": band_label(last["band"]), "day": spell_day(last["day"])}
    return SectionContent(
        lead=_("%(band)s on %(day)s.") % words,
        figures=(_score(asked, first, last),),
        charts=(_course(rows),),
        paragraphs=_reason(asked),
    )


def adoption(asked: Asked) -> SectionContent:
    """Features used week by week, and which ones most."""
    rows = FeatureUse.objects.filter(
        organization=asked.organization, week_on__gte=asked.period_from, week_on__lt=asked.period_to, uses__gt=0
    )
    weeks = dict(rows.order_by("week_on").values("week_on").annotate(all=Sum("uses")).values_list("week_on", "all"))
    if not weeks:
        return SectionContent(lead=_("Use of features is not measured for these months."))
    features = list(rows.order_by().values("feature__name").annotate(all=Sum("uses")).order_by("-all", "feature__name"))
    words = _("uses that came in for the weeks %(since)s - %(until)s")
    days = {"since": spell_day(min(weeks)), "until": spell_day(max(weeks))}
    source = Source(words=words % days, url_name="health:adoption", args=(asked.id,))
    values = tuple(Decimal(total) for total in weeks.values())
    lines = tuple((row["feature__name"], spell_number(row["all"])) for row in features[:_MOST_FEATURES])
    columns = (Column(title=_("Feature")), Column(title=_("Uses"), align="end"))
    return SectionContent(
        lead=_("%(count)s features were used.") % {"count": len(features)},
        figures=(
            Figure(label=_("Features in use"), value=str(len(features)), source=source),
            Figure(label=_("Uses"), value=spell_number(sum(weeks.values())), source=source),
        ),
        charts=(
            Chart(
                kind="bars",
                title=_("Uses a week"),
                labels=tuple(date_format(week, "j M") for week in weeks),
                series=(Series(name=_("Uses"), values=values),),
            ),
        ),
        tables=(Table(title=_("Used most"), columns=columns, rows=lines),),
    )


def _score(asked: Asked, first: dict[str, Any], last: dict[str, Any]) -> Figure:
    known = first["score"] is not None and last["score"] is not None
    words = _("daily receipt of %(day)s, scorecard %(card)s version %(version)s") % {
        "day": spell_day(last["day"]),
        "card": last["card"],
        "version": last["card_version"],
    }
    source = Source(words=words, url_name="health:organization", args=(asked.id,), query=f"day={last['day']}")
    return Figure(
        label=_("Score"),
        value=spell_score(last["score"]) if last["score"] is not None else _("not known"),
        change=spell_signed(last["score"] - first["score"]) if known else "",
        tone=_TONES.get(last["band"], ""),
        source=source,
    )


def _course(rows: list[dict[str, Any]]) -> Chart:
    """About one point a week: the last day of each."""
    by_week: dict[date, dict[str, Any]] = {row["day"] - timedelta(days=row["day"].weekday()): row for row in rows}
    points = list(by_week.values())[-_MOST_POINTS:]
    return Chart(
        kind="line",
        title=_("Score by week"),
        labels=tuple(date_format(row["day"], "j M") for row in points),
        series=(Series(name=_("Score"), values=tuple(row["score"] for row in points)),),
    )


def _reason(asked: Asked) -> tuple[str, ...]:
    """Why the band is what it is today, where the period reaches until now; without figures of money."""
    if asked.period_to < (asked.now - timedelta(days=1)).date():
        return ()
    state = HealthState.objects.main().filter(organization=asked.organization).values("reason").first()
    if state is None:
        return ()
    why = reason_words(state["reason"], policies_in_force(), with_commercial=False)
    return (why,) if why else ()
