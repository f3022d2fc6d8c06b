"""Forms of business reviews."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms.tasks import DayField
from partners.models import BusinessReview, ReviewSection
from partners.review_choices import SectionAudience
from partners.work_choices import Side

_TEXT = 32_000


class ReviewForm(forms.Form):
    """The words of a review; after it was presented its follow-up alone. `version` guards edits."""

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Both editions begin with it: the other side reads it too."),
    )
    agenda = forms.CharField(
        label=_("Agenda"), required=False, max_length=_TEXT, widget=forms.Textarea(attrs={"rows": 8})
    )
    follow_up = forms.CharField(
        label=_("Follow-up mail"),
        required=False,
        max_length=_TEXT,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("{promises} becomes the list of what was agreed. Nothing is sent by itself."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, review: BusinessReview, is_frozen: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if is_frozen:
            for name in ("title", "summary", "agenda"):
                del self.fields[name]
        self.initial.update({name: getattr(review, name) for name in self.fields})

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class SectionForm(forms.Form):
    """What people set on a section."""

    note = forms.CharField(label=_("Note"), required=False, max_length=_TEXT, widget=forms.Textarea(attrs={"rows": 3}))
    audience = forms.ChoiceField(label=_("Who gets it"), choices=SectionAudience.choices)
    is_left_out = forms.BooleanField(label=_("Leave it out"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, section: ReviewSection, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.update({name: getattr(section, name) for name in self.fields})

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class ReviewBeginForm(forms.Form):
    """A review beside the cadence: of which kind, and on which day it is held."""

    kind = forms.ChoiceField(label=_("Kind"))
    on = DayField(label=_("Held on"))

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["kind"]
        field.choices = kinds


class ActionForm(forms.Form):
    """What was agreed: it becomes a commitment."""

    title = forms.CharField(label=_("What was agreed"), max_length=200)
    side = forms.ChoiceField(label=_("Who"), choices=Side.choices)
    due_on = DayField(label=_("Until"))
