"""What the style guide shows: invented rows, a form with one control of every kind, and the same form refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

LONG_NAME = "Internationale Gesellschaft für Datenverarbeitung und Zahlungsverkehr Müller-Lüdenscheidt & Partner mbH"
STATES = (("open", "Open"), ("waiting", "Waiting for the partner"), ("done", "Done"))
TABS = (
    {"label": "Overview", "url": "#overview", "is_active": True, "icon": "layout-dashboard"},
    {"label": "Timeline", "url": "#timeline", "is_active": False, "count": 12},
    {"label": "People", "url": "#people", "is_active": False},
    {"label": "Tickets", "url": "#tickets", "is_active": False, "count": 0},
)
STEPS = (
    {"label": "Pre-Contract", "state": "done", "hint": "Jan 12"},
    {"label": "Gate 1", "state": "done", "hint": "Feb 3"},
    {"label": "Gate 2", "state": "blocked", "hint": "2 blockers"},
    {"label": "Gate 3", "state": "current", "hint": "since 12 days"},
    {"label": "Post-Launch", "state": "todo"},
)


class SampleForm(forms.Form):
    """One control of every kind."""

    name = forms.CharField(label="Name", help_text="As it stands in the contract.")
    website = forms.URLField(label="Website", required=False, assume_scheme="https")
    amount = forms.DecimalField(label="Expected volume", required=False)
    state = forms.ChoiceField(label="State", choices=STATES)
    starts_on = forms.DateField(label="Starts on", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    channel = forms.ChoiceField(label="Channel", choices=STATES, widget=forms.RadioSelect, required=False)
    topics = forms.MultipleChoiceField(
        label="Topics", choices=STATES, widget=forms.CheckboxSelectMultiple, required=False, help_text="Any number."
    )
    is_shared = forms.BooleanField(label="Share with the whole team", required=False, help_text="Others may copy it.")
    contract = forms.FileField(label="Contract", required=False)


def styleguide_context(now: datetime) -> dict[str, Any]:
    """Context of the style guide, with all moments relative to `now`."""
    refused = SampleForm({"website": "not an address", "amount": "many"})
    refused.is_valid()
    return {
        "now": now,
        "tones": ("neutral", "accent", "info", "success", "warning", "danger", "purple", "teal"),
        "form": SampleForm(prefix="empty"),
        "refused": refused,
        "rows": _rows(now),
        "tab_items": TABS,
        "step_items": STEPS,
        "crumbs": ({"label": "Partners", "url": "#"}, {"label": "Northwind", "url": "#"}),
        "page": {"previous_url": "", "next_url": "#next", "summary": "1–4 of 312"},
        "soon": now + timedelta(hours=3),
        "earlier": now - timedelta(days=3, hours=2),
        "long_name": LONG_NAME,
    }


def _rows(now: datetime) -> list[dict[str, Any]]:
    samples = (
        ("Northwind", "Gate 3", "accent", "Green", "success", "circle-check", 0.82, "Ana Silva"),
        (LONG_NAME, "Post-Launch", "teal", "Yellow", "warning", "alert-triangle", 0.4, "Jean-Baptiste Grenouille"),
        ("Øresund Pay", "Gate 2", "purple", "Red", "danger", "alert-octagon", 0.13, "Mia"),
        ("Blue Yonder", "Pre-Contract", "neutral", "Unknown", "neutral", "circle-dashed", 0, "Otto Normal"),
    )
    return [
        {
            "name": name,
            "stage": stage,
            "stage_tone": stage_tone,
            "band": band,
            "band_tone": band_tone,
            "band_icon": band_icon,
            "share": share * 100,
            "owner": owner,
            "volume": 1_250_000 * share,
            "next_at": now + timedelta(days=position * 3 - 2),
        }
        for position, (name, stage, stage_tone, band, band_tone, band_icon, share, owner) in enumerate(samples)
    ]
