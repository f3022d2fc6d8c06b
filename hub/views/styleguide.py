"""The style guide: every component in all its states, for those who build pages. Served by development alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.policies import staff_page

LONG_NAME = "Internationale Gesellschaft für Datenverarbeitung und Zahlungsverkehr Müller-Lüdenscheidt & Partner mbH"
STATES = (("open", "Open"), ("waiting", "Waiting for the partner"), ("done", "Done"))


class SampleForm(forms.Form):
    """One control of every kind."""

    name = forms.CharField(label="Name", help_text="As it stands in the contract.")
    website = forms.URLField(label="Website", required=False)
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
    """What the style guide shows, with all moments relative to `now`."""
    broken = SampleForm({"website": "not an address", "amount": "many"})
    broken.is_valid()
    return {
        "now": now,
        "tones": ("neutral", "accent", "info", "success", "warning", "danger", "purple", "teal"),
        "form": SampleForm(prefix="empty"),
        "broken": broken,
        "rows": _rows(now),
        "tab_items": [
            {"label": "Overview", "url": "#overview", "is_active": True, "icon": "layout-dashboard"},
            {"label": "Timeline", "url": "#timeline", "is_active": False, "count": 12},
            {"label": "People", "url": "#people", "is_active": False},
            {"label": "Tickets", "url": "#tickets", "is_active": False, "count": 0},
        ],
        "step_items": [
            {"label": "Pre-Contract", "state": "done", "hint": "Jan 12"},
            {"label": "Gate 1", "state": "done", "hint": "Feb 3"},
            {"label": "Gate 2", "state": "blocked", "hint": "2 blockers"},
            {"label": "Gate 3", "state": "current", "hint": "since 12 days"},
            {"label": "Post-Launch", "state": "todo"},
        ],
        "crumbs": [{"label": "Partners", "url": "#"}, {"label": "Northwind", "url": "#"}],
        "page": {"previous_url": "", "next_url": "#next", "summary": "1–4 of 312"},
        "soon": now + timedelta(hours=3),
        "earlier": now - timedelta(days=3, hours=2),
        "long_name": LONG_NAME,
    }


def _rows(now: datetime) -> list[dict[str, Any]]:
    samples = (
        ("Northwind", "Gate 3", "accent", "Green", "success", "circle-check", 0.82, "Ana Silva"),
        (LONG_NAME, "Post-Launch", "teal", "Yellow", "warning", "alert-triangle", 0.4, "Jean-Baptiste Grenouille-Laurent"),
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


@staff_page
def styleguide_page(request: HttpRequest) -> HttpResponse:
    """Show the style guide; elsewhere than in development it does not exist."""
    if not (settings.DEBUG or getattr(settings, "ENVIRONMENT", "") in {"dev", "test"}):
        raise Http404
    return render(request, "hub/styleguide.html", styleguide_context(timezone.now()))
