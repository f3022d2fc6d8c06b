"""Every periodic job on one page: name, task, how often. Each entry names a registered task (tested)."""

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver outbox": {"task": "common.deliver_outbox", "schedule": 20.0},
    "seal audit trail": {"task": "accounts.seal_activity", "schedule": 60.0},
    "notification digest": {"task": "accounts.send_digests", "schedule": 900.0},
    "end context grants": {"task": "partners.end_context_grants", "schedule": 60.0},
    "queue lost imports again": {"task": "partners.requeue_imports", "schedule": 60.0},
    "classify by the policies in force": {"task": "partners.reclassify", "schedule": 3_600.0},
    "open gates that are missing": {"task": "partners.open_gates", "schedule": 900.0},
    "late handoffs": {"task": "partners.remind_handoffs", "schedule": 900.0},
    "remind of promises": {"task": "partners.remind_due", "schedule": 3_600.0},
    "forecasts of the day": {"task": "partners.forecast_daily", "schedule": 900.0},
    "forecasts of what moved": {"task": "partners.forecast_stale", "schedule": 900.0},
    "touchpoints ahead": {"task": "partners.plan_touchpoints", "schedule": 21_600.0},
    "guides to look over": {"task": "partners.remind_guides", "schedule": 21_600.0},
    "surveys that are due": {"task": "partners.send_surveys", "schedule": 60.0},
    "clocks of tickets": {"task": "tickets.sweep_timers", "schedule": 60.0},
    "mail that came in": {"task": "tickets.fetch_mail", "schedule": 60.0},
    "updates of incidents": {"task": "tickets.watch_incidents", "schedule": 60.0},
    "queue lost imports of tickets again": {"task": "tickets.requeue_imports", "schedule": 60.0},
    "articles to look over": {"task": "tickets.remind_articles", "schedule": 21_600.0},
    "time rules of tickets": {"task": "tickets.run_time_rules", "schedule": 900.0},
    "health of the day": {"task": "health.compute_daily", "schedule": 60.0},
    "health of what moved": {"task": "health.recompute_marked", "schedule": 60.0},
    "bands set by hand that run out": {"task": "health.end_overrides", "schedule": 300.0},
    "months of health": {"task": "health.ensure_partitions", "schedule": 21_600.0},
    "training of the month": {"task": "accounts.remind_training", "schedule": 21_600.0},
    "month partitions": {"task": "accounts.ensure_activity_partitions", "schedule": 21_600.0},
    "forget sent keys": {"task": "common.forget_sent_keys", "schedule": 3_600.0},
    "retention": {"task": "hub.apply_retention", "schedule": 21_600.0},
}
