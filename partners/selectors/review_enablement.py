"""What a review tells of learning and of what went well: trainings with their results, wins and references given."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.document import Chart, Column, Series, Table
from common.templatetags.format import spell_day, spell_percent
from partners.enablement_choices import ReferenceState, TrainingResult, TrainingState
from partners.models import ReferenceRequest, Training, TrainingAttendee, Win
from partners.review_sections import Asked
from partners.rules.review_content import Figure, SectionContent, Source

SHOWN = 12
_AHEAD = timedelta(days=92)
_THERE = (TrainingResult.ATTENDED, TrainingResult.PASSED, TrainingResult.FAILED)


def trainings(asked: Asked) -> SectionContent:
    """Sessions held in the period with how many of their people came and passed, and those that are planned.

    Nobody is named, and neither the need nor how it went is told: those words are ours.
    """
    rows = Training.objects.filter(organization=asked.organization)
    days = {"held_on__gte": asked.period_from, "held_on__lt": asked.period_to}
    held = _with_people(rows.filter(state=TrainingState.HELD, **days))
    ahead = {"held_on__gte": asked.period_to, "held_on__lt": asked.period_to + _AHEAD}
    planned = _with_people(rows.filter(Q(**days) | Q(**ahead), state=TrainingState.PLANNED))
    if not held and not planned:
        return SectionContent(lead=_("No training was held in these months, and none is planned."))
    results = _results(asked, [row.pk for row in held])
    there, tested = sum(results[one] for one in _THERE), results["passed"] + results["failed"]
    lead = ngettext("%(count)s training held", "%(count)s trainings held", len(held)) % {"count": len(held)}
    came = ngettext("%(count)s person came", "%(count)s people came", there) % {"count": there}
    return SectionContent(
        lead=f"{lead}; {came}." if held else _("No training was held in these months; some are planned."),
        figures=(
            _count(asked, _("Trainings held"), len(held), _("trainings held %(since)s - %(until)s")),
            _count(asked, _("People who came"), there, _("those who attended trainings held %(since)s - %(until)s")),
            *([_passed(asked, results["passed"], tested)] if tested else []),
        ),
        charts=(_chart(results),) if there else (),
        tables=(_sessions([*held, *planned]),),
    )


def wins(asked: Asked) -> SectionContent:
    """What went well in the period, and how often they spoke for us: neither our words nor who was told."""
    days = {"achieved_on__gte": asked.period_from, "achieved_on__lt": asked.period_to}
    rows = Win.objects.filter(organization=asked.organization, archived_at__isnull=True, **days)
    found = list(rows.order_by("-achieved_on", "-pk"))
    served = {"closed_on__gte": asked.period_from, "closed_on__lt": asked.period_to}
    requests = ReferenceRequest.objects.filter(organization=asked.organization, state=ReferenceState.SERVED, **served)
    given = requests.count()
    if not found and not given:
        return SectionContent(lead=_("No win was written down for these months."))
    lead = ngettext("%(count)s win in these months.", "%(count)s wins in these months.", len(found))
    columns = tuple(Column(title=name) for name in (_("Day"), _("What went well")))
    lines = tuple((spell_day(row.achieved_on), row.title) for row in found[:SHOWN])
    place = "partners:organization_wins"
    return SectionContent(
        lead=lead % {"count": len(found)},
        figures=(
            _count(asked, _("Wins"), len(found), _("wins achieved %(since)s - %(until)s"), place),
            _count(asked, _("References given"), given, _("references given %(since)s - %(until)s"), place),
        ),
        tables=(Table(title=_("Wins"), columns=columns, rows=lines, empty=_("None in these months.")),),
        paragraphs=(_more(len(found)),) if len(found) > SHOWN else (),
    )


def _with_people(rows: Any) -> list[Any]:
    """In the order of their days, each with `theirs`: how many of their people are on its list and were not absent."""
    people = Q(attendees__contact__isnull=False) & ~Q(attendees__result=TrainingResult.ABSENT)
    return list(rows.annotate(theirs=Count("attendees", filter=people)).order_by("held_on", "pk"))


def _results(asked: Asked, training_ids: Sequence[int]) -> Counter[str]:
    """How many of their people have which result of these trainings."""
    rows = TrainingAttendee.objects.filter(organization=asked.organization, training_id__in=training_ids)
    counted = rows.filter(contact__isnull=False).order_by().values("result").annotate(total=Count("pk"))
    return Counter({row["result"]: row["total"] for row in counted})


def _passed(asked: Asked, passed: int, tested: int) -> Figure:
    words = _("%(passed)s of %(tested)s people with a result, trainings held %(since)s - %(until)s")
    return Figure(
        label=_("Passed"),
        value=spell_percent(passed / tested),
        tone="good" if passed == tested else "",
        source=_source(asked, words % {"passed": passed, "tested": tested, **_days(asked)}),
    )


def _count(asked: Asked, label: str, value: int, words: str, place: str = "partners:organization_enablement") -> Figure:
    return Figure(label=label, value=str(value), source=_source(asked, words % _days(asked), place))


def _source(asked: Asked, words: str, place: str = "partners:organization_enablement") -> Source:
    return Source(words=words, url_name=place, args=(asked.id,))


def _days(asked: Asked) -> dict[str, str]:
    last: date = asked.period_to - timedelta(days=1)
    return {"since": spell_day(asked.period_from), "until": spell_day(last)}


def _chart(results: Counter[str]) -> Chart:
    shown = [one for one in TrainingResult if one is not TrainingResult.EXPECTED]
    return Chart(
        kind="bars",
        title=_("How it went for them"),
        labels=tuple(str(one.label) for one in shown),
        series=(Series(name=_("People"), values=tuple(Decimal(results[one]) for one in shown)),),
        empty=_("No result is written down."),
    )


def _sessions(rows: Sequence[Any]) -> Table:
    columns = (Column(title=_("Day")), Column(title=_("Training")), Column(title=_("State")))
    lines = tuple(
        (spell_day(row.held_on), row.title, str(TrainingState(row.state).label), str(row.theirs))
        for row in rows[:SHOWN]
    )
    return Table(title=_("Trainings"), columns=(*columns, Column(title=_("People"), align="end")), rows=lines)


def _more(total: int) -> str:
    hidden = total - SHOWN
    return ngettext("%(count)s more is on the page.", "%(count)s more are on the page.", hidden) % {"count": hidden}
