"""Alerts of monitors: an address for each tool, a sample and an incident out of what it says (issue 5, scope 1)."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.rules.access import Actor
from accounts.services import activity
from common.errors import DomainError, Missing, NotAllowed
from common.scope import Scope, scoped
from health.choices import SourceKind
from health.models import AlertCall, AlertHook, Metric
from health.rules.datadog import ALERT, OK, MonitorAlert
from health.services.ingest import ingest
from health.services.naming import homes_by_key
from health.services.sources import source_named
from partners.models import Organization
from tickets.incident_choices import Severity
from tickets.services.incident_updates import hear as add_to_incident
from tickets.services.incidents import Alert, declare

CAPABILITY = "manage_connectors"
TOOL = "datadog"


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def add(*, by: Actor, values: Mapping[str, Any], now: datetime) -> tuple[AlertHook, str]:
    """Make an address; its token is shown this once. Raises NotAllowed, DomainError with `field`."""
    _require(by)
    token = secrets.token_urlsafe(32)
    hook = AlertHook(token_digest=digest_of(token), **_checked(values))
    hook.save()
    _record(by, "added", hook, now)
    return hook, token


@transaction.atomic
def remove(*, by: Actor, hook: AlertHook, now: datetime) -> None:
    """Hear nothing there any more; what was heard stays. Raises NotAllowed, Missing."""
    _require(by)
    locked = AlertHook.objects.select_for_update(no_key=True).filter(pk=hook.pk, archived_at__isnull=True).first()
    if locked is None:
        raise Missing(_("This address does not exist any more."))
    locked.archived_at = now
    locked.save(update_fields=["archived_at", "updated_at"])
    _record(by, "removed", locked, now)


def hook_of(token: str) -> AlertHook | None:
    """The hook whose address holds this token; one that was removed is none."""
    rows = AlertHook.objects.select_related("metric").filter(archived_at__isnull=True)
    return rows.filter(token_digest=digest_of(token)).first()


@transaction.atomic
def hear(*, hook: AlertHook, alert: MonitorAlert, now: datetime) -> AlertCall | None:
    """Take an alert in, once for its id and instant: None for one that was heard before."""
    call, is_new = AlertCall.objects.get_or_create(
        hook=hook,
        alert_key=alert.key,
        at=alert.at,
        defaults={"heard_at": now, "title": alert.title, "state": alert.state},
    )
    if not is_new:
        return None
    with scoped(Scope.all()):
        key = alert.tags.get(hook.tag) or hook.organization_key
        found = list(Organization.objects.filter(external_key=key, archived_at__isnull=True)[:2]) if key else []
        organization = found[0] if len(found) == 1 else None
        said = [_sampled(hook, alert, organization, now), _told(hook, alert, organization, now)]
    call.came_to = "; ".join(part for part in said if part)[:250]
    call.save(update_fields=["came_to"])
    return call


def _sampled(hook: AlertHook, alert: MonitorAlert, organization: Organization | None, now: datetime) -> str:
    """A sample of what the state means, in words what became of it."""
    values: Mapping[str, Decimal | None] = {ALERT: hook.when_alert, OK: hook.when_ok}
    value = values.get(alert.state, hook.when_warn)
    if hook.metric is None or value is None:
        return ""
    if organization is None:
        return _("no sample: the alert names no organization")
    row = {"organization": organization.external_key, "metric": hook.metric.key, "at": alert.at, "value": value}
    source = source_named(f"{TOOL}.{hook.pk}", SourceKind.WEBHOOK)
    homes = homes_by_key("organization", None)
    found = ingest([row], source=source, now=now, by=None, homes=homes, named_by="organization")
    if found.rejected:
        return _("no sample: expected %(expected)s") % {"expected": found.rejected[0].expected}
    return _("a sample of %(metric)s") % {"metric": hook.metric.key}


def _told(hook: AlertHook, alert: MonitorAlert, organization: Organization | None, now: datetime) -> str:
    """An incident opened, or told of what its monitor says now."""
    if not hook.declares:
        return ""
    of = Alert(source=TOOL, key=f"{hook.pk}:{alert.thing}"[:120])
    body = f"{alert.title}\n{alert.url}".strip()
    if add_to_incident(alert=of, body=body, now=now) is not None:
        return _("added to the incident")
    if alert.state != ALERT:
        return ""
    values = {"title": alert.title[:200], "summary": body, "started_at": min(alert.at, now)}
    organizations = [organization] if organization is not None else []
    made = declare(by=None, values=values, severity=hook.severity, organizations=organizations, alert=of, now=now)
    return _("incident %(number)s") % {"number": made.number}


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if not str(found.get("name", "")).strip():
        raise DomainError(_("Give it a name."), field="name")
    if found.get("declares") and found.get("severity") not in Severity.values:
        raise DomainError(_("Say how bad an incident of it is."), field="severity")
    key = found.pop("metric", "")
    found["metric"] = Metric.objects.filter(key=key, is_retired=False).first() if key else None
    if key and found["metric"] is None:
        raise DomainError(_("Choose a metric that is in use."), field="metric")
    if key and all(found.get(f"when_{state}") is None for state in ("alert", "warn", "ok")):
        raise DomainError(_("Say what an alert means for the metric."), field="when_alert")
    if not found.get("metric") and not found.get("declares"):
        raise DomainError(_("Choose a metric, or let it open incidents."), field="metric")
    found["severity"] = found.get("severity", "") if found.get("declares") else ""
    return found


def _require(by: Actor) -> None:
    if not by.has(CAPABILITY):
        raise NotAllowed(_("Other tools are connected by administrators."))


def _record(by: Actor, verb: str, hook: AlertHook, now: datetime) -> None:
    activity.record(
        verb=f"alert_hook.{verb}", target=hook, target_name=hook.name, now=now, actor_id=by.user_id, actor_name=by.name
    )
