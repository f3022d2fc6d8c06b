"""Rules of automation as they are being written."""

from tickets.forms.packs import PackForm


class AutomationTrialForm(PackForm):
    """The rules for a dry run."""

    name = "automation"
