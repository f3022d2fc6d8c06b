"""Forms of articles: the text with its facts, and what a reader says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.rules.access import Actor
from partners.forms.fields import PersonField
from tickets.article_choices import ArticleAudience, ArticleLanguage
from tickets.models import ArticleCategory


class ArticleTextForm(forms.Form):
    """What is written, in one language."""

    title = forms.CharField(label=_("Title"), max_length=200)
    summary = forms.CharField(
        label=_("Summary"), max_length=400, required=False, help_text=_("One sentence, shown in lists.")
    )
    body = forms.CharField(
        label=_("Text"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22}),
        help_text=_("Markdown: ## headings, **bold**, - lists, [links](https://...)."),
    )


class ArticleNewForm(ArticleTextForm):
    """A new article in the language that others fall back to."""

    language = forms.ChoiceField(label=_("Language"), choices=ArticleLanguage.choices, initial=ArticleLanguage.ENGLISH)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ArticleCategory.objects.none(),
        required=False,
        empty_label=_("None"),
        to_field_name="key",
    )
    audience = forms.ChoiceField(label=_("For"), choices=ArticleAudience.choices, initial=ArticleAudience.PUBLIC)

    field_order = ("title", "language", "category", "audience", "summary", "body")

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = ArticleCategory.objects.visible_to(actor)  # type: ignore[attr-defined]


class ArticleFactsForm(forms.Form):
    """Whom it is for, where it stands, who keeps it."""

    slug = forms.SlugField(label=_("Address"), max_length=80)
    category = forms.ModelChoiceField(
        label=_("Category"),
        queryset=ArticleCategory.objects.none(),
        required=False,
        empty_label=_("None"),
        to_field_name="key",
    )
    audience = forms.ChoiceField(label=_("For"), choices=ArticleAudience.choices)
    owner = forms.CharField(required=False)
    review_days = forms.IntegerField(label=_("Look over every so many days"), min_value=1, max_value=3660)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = ArticleCategory.objects.visible_to(actor)  # type: ignore[attr-defined]
        self.fields["owner"] = PersonField(actor=actor, label=_("Who keeps it"), required=False)
        self.order_fields(["slug", "category", "audience", "owner", "review_days"])


class CategoryForm(forms.Form):
    """A new shelf."""

    name = forms.CharField(label=_("New category"), max_length=120)


class FeedbackForm(forms.Form):
    """Whether it helped."""

    helpful = forms.TypedChoiceField(choices=[("yes", "yes"), ("no", "no")], coerce=lambda value: value == "yes")
    comment = forms.CharField(label=_("What was missing?"), max_length=1000, required=False)
