"""What the reader of a gate does next, as one button; or for whom it waits."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.labels import any_of, role_short_label
from partners.selectors.gate_card import GateCard, QuestionnaireCard
from partners.work_choices import HandoffState


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """`url` leads to it; with `posts` a button has to be pressed. An empty `url` says that others are to act."""

    title: str
    text: str = ""
    label: str = ""
    url: str = ""
    icon: str = "arrow-right"
    posts: bool = False


def next_step(card: GateCard) -> NextStep | None:
    """The most pressing thing for this reader, or what it waits for; None where nothing is left."""
    if not card.gate.is_present:
        return None
    own = next((step for step in _own(card) if step is not None), None)
    return own or _waiting(card)


def _own(card: GateCard) -> Iterator[NextStep | None]:
    for one in card.questionnaires:
        yield _judge(card, one)
        yield _sign(card, one)
        yield _fill(card, one)
    yield _handoff(card)
    yield _tasks(card)
    yield _decide(card)


def _url(card: GateCard, name: str, *more: str) -> str:
    return reverse(f"partners:{name}", args=[card.gate.page.row.public_id, card.gate.stage.id, *more])


def _fill(card: GateCard, one: QuestionnaireCard) -> NextStep | None:
    asked, submission = one.questionnaire.id, one.submission
    if not card.gate.may_work or (submission and submission.outcome != "failed"):
        return None
    if one.filling is None:
        text = _("About %(minutes)d minutes; what the hub knows is filled in already.")
        return NextStep(
            title=_("Start the questionnaire"),
            text=text % {"minutes": one.questionnaire.estimated_minutes},
            label=_("Start"),
            url=_url(card, "gate_begin", asked),
            icon="player-play",
            posts=True,
        )
    if submission is not None and not one.is_changed:
        return NextStep(
            title=_("Mend what failed"),
            text=_("Version %(number)d failed. Every broken rule stands in its result.")
            % {"number": submission.number},
            label=_("Mend the answers"),
            url=_url(card, "gate_version", asked, str(submission.number)),
            icon="tool",
        )
    if section := one.filling.next_open:
        title = next(link.title for link in one.links if link.id == section)
        return NextStep(
            title=_("Go on with “%(section)s”") % {"section": title},
            text=_("%(answered)d of %(required)d required answers are given.")
            % {"answered": one.filling.answered, "required": one.filling.required},
            label=_("Go on"),
            url=_url(card, "gate_section", asked, section),
            icon="pencil",
        )
    return NextStep(
        title=_("Review and submit"),
        text=_("Everything is answered. See what would pass and what would fail before you submit."),
        label=_("Review"),
        url=_url(card, "gate_review", asked),
        icon="list-check",
    )


def _judge(card: GateCard, one: QuestionnaireCard) -> NextStep | None:
    if one.submission is None or one.submission.outcome != "awaits_review" or not card.gate.may_judge:
        return None
    return NextStep(
        title=_("Judge the section that no rule decides"),
        text=_("Passed or failed, with a reason."),
        label=_("Judge"),
        url=_url(card, "gate_version", one.questionnaire.id, str(one.submission.number)),
        icon="user-check",
    )


def _sign(card: GateCard, one: QuestionnaireCard) -> NextStep | None:
    mine = [role for role in card.gate.sign_roles if role in one.missing]
    if not mine or not one.awaits_signature or one.submission is None:
        return None
    is_last = len(one.missing) == 1 and len(card.questionnaires) == 1
    if is_last and card.missing_facts:
        return None
    return NextStep(
        title=_("Sign as %(role)s") % {"role": role_short_label(mine[0])},
        text=_("Yours is the last signature: it decides the gate.") if is_last else _("Others sign after you."),
        label=_("Sign"),
        url=_url(card, "gate_sign", one.questionnaire.id, str(one.submission.number)),
        icon="writing",
    )


def _handoff(card: GateCard) -> NextStep | None:
    handoff, page = card.handoff, card.gate.page
    if handoff is None:
        return _prepare_handoff(card)
    if handoff.state == HandoffState.ACCEPTED:
        return None
    url = reverse("partners:handoff", args=[page.row.public_id, handoff.public_id])
    if handoff.state == HandoffState.OFFERED and handoff.receiver_id == page.actor.user_id:
        title, label = _("Accept the handoff or return it"), _("Open the handoff")
    elif handoff.state == HandoffState.RETURNED and handoff.giver_id == page.actor.user_id:
        title, label = _("Mend the handoff that came back"), _("Open the handoff")
    elif handoff.giver_id == page.actor.user_id and handoff.state == HandoffState.PREPARED:
        title, label = _("Finish the handoff"), _("Open the handoff")
    else:
        return None
    return NextStep(title=title, text=card.handoff_words, label=label, url=url, icon="heart-handshake")


def _prepare_handoff(card: GateCard) -> NextStep | None:
    """Where the gate waits for a handoff and nobody has begun one: for who holds the role that gives."""
    page = card.gate.page
    if not card.giver_role or all(owner.user_id != page.actor.user_id for owner in page.row.owners_in(card.giver_role)):
        return None
    return NextStep(
        title=_("Prepare the handoff"),
        text=_("The gate waits for it to be accepted; the receiver has three business days."),
        label=_("Prepare"),
        url=reverse("partners:handoff_new", args=[page.row.public_id]),
        icon="heart-handshake",
    )


def _tasks(card: GateCard) -> NextStep | None:
    if not card.tasks.left or not card.gate.may_work:
        return None
    words = {"left": card.tasks.left, "overdue": card.tasks.overdue}
    text = _("%(left)d required tasks are left, %(overdue)d of this gate are overdue.") % words
    url = reverse("partners:organization_tasks", args=[card.gate.page.row.public_id])
    return NextStep(title=_("Finish the tasks of this gate"), text=text, label=_("Tasks"), url=url, icon="checklist")


def _decide(card: GateCard) -> NextStep | None:
    """A gate that nobody signs is decided by hand."""
    if not card.gate.may_decide or card.missing_facts:
        return None
    return NextStep(
        title=_("Decide the gate"),
        text=_("Nothing is in the way. The gate is evaluated once more and decided."),
        label=_("Decide"),
        url=_url(card, "gate_decide"),
        icon="flag",
        posts=True,
    )


def _waiting(card: GateCard) -> NextStep | None:
    for one in card.questionnaires:
        if one.awaits_signature and len(one.missing) == 1 and card.missing_facts:
            text = " ".join(f"{need.label}: {' '.join(need.why)}" for need in card.missing_facts)
            return NextStep(title=_("The last signature waits for something else"), text=text)
        if one.awaits_signature:
            roles = any_of(
                f"{', '.join(signer.holders) or _('nobody yet')} ({signer.label})"
                for signer in one.signers
                if not signer.signed_by
            )
            return NextStep(title=_("Waits for a signature"), text=_("To sign: %(who)s.") % {"who": roles})
        if one.submission is not None and one.submission.outcome == "awaits_review":
            return NextStep(
                title=_("Waits for a judgment"), text=_("A signer judges the section that no rule decides.")
            )
        if one.submission is None or one.submission.outcome == "failed":
            owners = card.gate.page.row.owners_in(card.gate.stage.lead_role)
            words = {
                "who": ", ".join(owner.name for owner in owners) or _("nobody yet"),
                "role": role_short_label(card.gate.stage.lead_role),
            }
            return NextStep(title=_("Being worked on"), text=_("By %(who)s as %(role)s.") % words)
    return None
