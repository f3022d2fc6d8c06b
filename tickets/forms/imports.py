"""The forms of an import of tickets: the file with how it is to be read, and what to do with rows that cannot be."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.forms.fields import zone_choices

_MEGABYTE = 1024 * 1024


class TicketFileForm(forms.Form):
    """What comes in, where from, and what names of it mean here."""

    source = forms.ChoiceField(label=gettext_lazy("It comes from"), widget=forms.RadioSelect)
    file = forms.FileField(label=gettext_lazy("File"))
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        initial="UTC",
        help_text=gettext_lazy("Of times that name none."),
    )
    create = forms.MultipleChoiceField(
        label=gettext_lazy("Make what nobody knows yet"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("What is not made stays empty; tickets without a queue go to the one for all others."),
    )
    mapping = forms.CharField(
        label=gettext_lazy("What names of the file are here"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
        max_length=200_000,
        strip=False,
        help_text=gettext_lazy("YAML, such as: agents: {Resolver 193: sue@vendor.example}"),
    )

    def __init__(
        self,
        *args: Any,
        sources: Sequence[tuple[str, str | Promise]],
        made: Sequence[tuple[str, str | Promise]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fields["source"].choices = sources  # type: ignore[attr-defined]
        self.fields["create"].choices = made  # type: ignore[attr-defined]
        self.fields["zone"].choices = zone_choices()  # type: ignore[attr-defined]
        limit = settings.IMPORT_MAX_BYTES
        self.fields["file"].help_text = _("CSV or JSON, also packed with gzip; up to %(limit)s MB.") % {
            "limit": limit // _MEGABYTE
        }


class GoForm(forms.Form):
    """What is to be done with rows that cannot be."""

    skip_bad_rows = forms.BooleanField(
        label=gettext_lazy("Leave rows with faults out"),
        required=False,
        help_text=gettext_lazy("Without it, a file with a fault writes nothing."),
    )
