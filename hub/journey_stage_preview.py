"""A stage as those see it who work in it, made from the working copy: its phases, and their tasks by when they are due.

It reads the copy as it stands, so that it can be looked at while something is still to be mended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.labels import role_label
from hub.journey_words import title_of, weeks_in_words
from partners.rules import journey_edits as edits
from partners.rules.journey_edits import Body
from partners.selectors.gate_words import in_language
from partners.work_choices import Court


@dataclass(frozen=True, kw_only=True)
class TaskPreview:
    """A task: `facts` say when, who and whose move, `after` what it waits for."""

    place: str
    label: str
    hint: str
    facts: tuple[str, ...]
    after: tuple[str, ...]
    marks: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PhasePreview:
    """A phase with its tasks; `title` is empty for tasks of no phase."""

    place: str
    title: str
    hint: str
    activities: tuple[str, ...]
    tasks: tuple[TaskPreview, ...]


@dataclass(frozen=True, kw_only=True)
class StagePreview:
    """`facts` say when the stage is, who leads it and who signs."""

    name: str
    purpose: str
    facts: tuple[str, ...]
    phases: tuple[PhasePreview, ...]


def stage_preview(body: Body, stage_id: str) -> StagePreview:
    """The stage of this id. Raises NoSuchPart."""
    place = f"stages/{stage_id}"
    stage = edits.look_up(body, place)
    found = edits.entries(body, f"{place}/phases")
    known = {phase.get("id") for _place, phase in found}
    tasks = edits.entries(body, f"{place}/checklist")
    loose = [(where, task) for where, task in tasks if task.get("phase") not in known]
    phases = [_phase(body, where, phase, tasks) for where, phase in found]
    if loose:
        phases.append(PhasePreview(place="", title="", hint="", activities=(), tasks=_tasks(body, loose)))
    signers = ", ".join(role_label(role) for role in stage.get("signers", ()))
    facts = (
        weeks_in_words(stage),
        _("led by %s") % role_label(stage["lead_role"]) if stage.get("lead_role") else "",
        _("signed by %s") % signers if signers else "",
        _("its phases run side by side") if stage.get("phases_run_parallel") else "",
    )
    return StagePreview(
        name=in_language(stage.get("label")),
        purpose=in_language(stage.get("purpose")),
        facts=tuple(filter(None, facts)),
        phases=tuple(phases),
    )


def _phase(
    body: Body, place: str, phase: Mapping[str, Any], tasks: Sequence[tuple[str, Mapping[str, Any]]]
) -> PhasePreview:
    role = phase.get("lead_role")
    hint = (weeks_in_words(phase), _("led by %s") % role_label(role) if role else "")
    return PhasePreview(
        place=place,
        title=title_of(body, place),
        hint=" · ".join(filter(None, hint)),
        activities=tuple(in_language(one) for one in phase.get("activities", ())),
        tasks=_tasks(body, [(where, task) for where, task in tasks if task.get("phase") == phase.get("id")]),
    )


def _tasks(body: Body, tasks: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[TaskPreview, ...]:
    """By when they are due: days of the stage before weeks of the journey, which are never mixed in one phase."""
    ordered = sorted(tasks, key=lambda pair: (pair[1].get("week", 0), pair[1].get("due_day", 0)))
    return tuple(_task(body, place, task) for place, task in ordered)


def _task(body: Body, place: str, task: Mapping[str, Any]) -> TaskPreview:
    around = place.rpartition("/")[0]
    when = _("week %d") % task["week"] if "week" in task else _("day %d") % task.get("due_day", 0)
    court = dict(Court.choices).get(task.get("court", ""), "")
    marks = (
        "" if task.get("is_required", True) else _("the gate does not wait for it"),
        _("with evidence") if task.get("needs_evidence") else "",
        _("in the portal") if task.get("is_shared") else "",
    )
    return TaskPreview(
        place=place,
        label=in_language(task.get("label")),
        hint=in_language(task.get("hint")),
        facts=tuple(filter(None, (when, role_label(task["owner_role"]) if task.get("owner_role") else "", str(court)))),
        after=tuple(_named(body, f"{around}/{name}", name) for name in task.get("after", ())),
        marks=tuple(filter(None, marks)),
    )


def _named(body: Body, place: str, name: str) -> str:
    try:
        return title_of(body, place)
    except edits.NoSuchPart:
        return _("%s (no longer there)") % name
