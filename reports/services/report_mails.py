"""Reports by mail: queued when their moment has come, made as their reader of the moment of sending.

Everything is asked again then: the person is active, may read reports, still opens the saved one, and the report is
laid down. What cannot be sent is stopped, and its reader is told why.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import actor_for
from accounts.rules.access import Actor
from accounts.services import activity
from accounts.services.list_files import export_list
from accounts.services.notifications import notify
from accounts.services.unsubscribing import MailList, register, stop_url
from common import outbox
from common.errors import Missing
from common.listing import ListQuery
from common.mail import Envelope, send_mail
from common.pdf import render_pdf
from common.scope import scoped
from reports.choices import Attachment, PausedBy
from reports.models import ReportSubscription
from reports.notices import REPORT_MAILS
from reports.own_reports import keys_of, name_of, report_named
from reports.report_mail import mail_context
from reports.report_page import OpenReport, open_report
from reports.services.subscriptions import TOPIC, schedule_of, why_not
from reports.sheet import Sheet
from reports.sheets import sheet_of
from tickets.scope import scope_of

CHUNK = 500
"""So many subscriptions are queued at once."""
LIST = "report"
"""Mails that one can end from their foot: a report by mail."""
_KEPT = ("zone", "next_at", "last_slot", "last_sent_at")


@transaction.atomic
def queue_due(*, now: datetime) -> int:
    """Queue the mails that are due, each slot once, and after a pause of the hub the newest slot alone.

    Returns how many subscriptions were looked at. Safe at any time and from several workers: who finds one locked
    leaves it alone. The caller sees all organizations.
    """
    due = ReportSubscription.objects.due(now).select_for_update(skip_locked=True, of=("self",))
    rows = list(due.select_related("user").order_by("next_at", "pk")[:CHUNK])
    slots = [(row, slot) for row in rows if (slot := _advance(row, now)) is not None]
    ReportSubscription.objects.bulk_update(rows, _KEPT)
    effects = [({"subscription_id": row.pk, "slot": slot.isoformat()}, None) for row, slot in slots]
    outbox.put_many(topic=TOPIC, effects=effects, now=now)
    return len(rows)


def _advance(row: ReportSubscription, now: datetime) -> datetime | None:
    """Move a subscription on in the zone of its reader; the slot that is to be sent, if one is."""
    schedule = schedule_of(row, row.user.timezone)
    if row.next_at is not None and row.zone != row.user.timezone:
        row.next_at, row.zone = schedule.moved(row.next_at, row.zone), row.user.timezone
    if row.next_at is None or row.next_at > now:
        return None
    slot = schedule.newest(now)
    row.last_slot, row.last_sent_at, row.next_at = slot, now, schedule.following(now)
    return slot


@outbox.handler(TOPIC)
def send(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Send one mail as its reader of now, or stop the subscription and say why."""
    found = ReportSubscription.objects.select_related("user", "saved").filter(pk=payload["subscription_id"])
    row: ReportSubscription | None = found.first()
    if row is None or (payload["slot"] and not row.is_active):
        return
    actor = actor_for(row.user)
    with translation.override(row.user.language), timezone.override(ZoneInfo(row.user.timezone)):
        if reason := why_not(row, actor):
            _stop(row, reason, now=now)
            return
        # The second wall too shows what the reader opens, and no more.
        with scoped(scope_of(actor)):
            _send(row, _opened(row, actor, now), key)


def _end_by_link(values: Sequence[Any], now: datetime) -> None:
    """Its reader has ended it from a mail: stopped as on the page, where it can be taken up again."""
    (public_id,) = values
    rows = ReportSubscription.objects.select_for_update(of=("self",)).select_related("user", "saved")
    row: ReportSubscription | None = rows.filter(public_id=UUID(hex=public_id)).first()
    if row is None:
        raise Missing(_("This subscription does not exist."))
    if not row.is_active:
        return
    row.is_active, row.paused_by, row.next_at, row.version = False, PausedBy.PERSON, None, row.version + 1
    row.save(update_fields=["is_active", "paused_by", "next_at", "version"])
    changes = {"is_active": [True, False], "paused_by": ["", PausedBy.PERSON.value]}
    trail: dict[str, Any] = {"actor_id": row.user_id, "actor_name": row.user.name, "target_name": _label(row)}
    activity.record(verb="report_subscription.stopped", target=row, changes=changes, now=now, **trail)


register(
    MailList(
        key=LIST,
        about=gettext_lazy(
            "This report no longer comes by mail. Your others do, and all of them stand among your reports."
        ),
        end=_end_by_link,
    )
)


@transaction.atomic
def _stop(row: ReportSubscription, reason: PausedBy, *, now: datetime) -> None:
    locked = ReportSubscription.objects.select_for_update().get(pk=row.pk)
    if not locked.is_active:
        return
    locked.is_active, locked.paused_by, locked.next_at, locked.version = False, reason, None, locked.version + 1
    locked.save(update_fields=["is_active", "paused_by", "next_at", "version"])
    # A saved report that is no longer open to its reader may be called otherwise by now.
    name = row.saved.name if row.saved is not None and reason is not PausedBy.UNSHARED else _label(row)
    notify(
        user_ids=[row.user_id],
        kind=REPORT_MAILS,
        title=_("The report “%(name)s” no longer comes to you by mail") % {"name": name},
        body=f"{reason.label}.",
        key=f"report_stopped:{row.public_id}:{locked.version}",
        now=now,
    )
    changes = {"is_active": [True, False], "paused_by": ["", reason.value]}
    activity.record(verb="report_subscription.stopped", target=locked, target_name=name, changes=changes, now=now)


def _label(row: ReportSubscription) -> str:
    """What the report behind it is called; its id where it is not laid down any longer."""
    asked = row.saved or row
    report = report_named(asked.report)
    return name_of(report) if report else asked.report


def _opened(row: ReportSubscription, actor: Actor, now: datetime) -> OpenReport:
    """The report with the period of today, which its links keep."""
    asked = row.saved or row
    report = report_named(asked.report)
    if report is None:
        raise Missing(_("There is no such report."))
    query = ListQuery.parse(asked.query, keys_of(asked.report))
    opened = open_report(actor, report, query, now=now)
    return open_report(actor, report, query.changed(period=opened.period.key), now=now)


def _send(row: ReportSubscription, opened: OpenReport, key: UUID) -> None:
    sheet = sheet_of(opened)
    context = mail_context(sheet, row)
    files = []
    if row.attachment != Attachment.NONE and opened.actor.has("export_data"):
        files.append(_file(row, sheet))
    context["no_file"] = row.attachment != Attachment.NONE and not files
    envelope = Envelope(files=files, stop_url=stop_url(LIST, row.public_id.hex))
    send_mail(
        to=row.user.email,
        template="report_mail",
        context=context,
        key=key,
        language=row.user.language,
        envelope=envelope,
    )


def _file(row: ReportSubscription, sheet: Sheet) -> tuple[str, bytes, str]:
    """The figures as a file. That it was taken is recorded as with a download."""
    opened = sheet.opened
    if row.attachment == Attachment.PDF:
        return _paper(sheet)
    file = export_list(
        by=opened.actor,
        what=opened.report.id,
        columns=sheet.columns,
        rows=sheet.rows(),
        query=opened.query.encode(),
        now=opened.now,
        as_workbook=row.attachment == Attachment.XLSX,
    )
    return file.name, file.content, file.content_type


def _paper(sheet: Sheet) -> tuple[str, bytes, str]:
    opened = sheet.opened
    now, actor = opened.now, opened.actor
    content = render_pdf(sheet.document())
    activity.record(
        verb="list.exported",
        target=None,
        target_type="list",
        target_name=opened.report.id,
        actor_id=actor.user_id,
        actor_name=actor.name,
        reason=opened.query.encode(),
        now=now,
    )
    return f"{opened.report.id}-{now:%Y-%m-%d}.pdf", content, "application/pdf"
