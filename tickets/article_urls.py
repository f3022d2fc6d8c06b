"""Addresses of the knowledge base: below /kb/ for colleagues, below /portal/help/ in the portal (in `tickets`)."""

from django.urls import path

from tickets.views import article_acts, articles, help

kb_urls = [
    path("", articles.article_list, name="articles"),
    path("new/", articles.article_new, name="article_new"),
    path("preview/", articles.article_preview, name="article_preview"),
    path("gaps/", article_acts.article_gaps_page, name="article_gaps"),
    path("categories/", article_acts.article_categories, name="article_categories"),
    path("from-ticket/<int:number>/", article_acts.article_from_ticket, name="article_from_ticket"),
    path("<slug:slug>/", articles.article, name="article"),
    path("<slug:slug>/facts/", articles.article_facts, name="article_facts"),
    path("<slug:slug>/reviewed/", article_acts.article_reviewed, name="article_reviewed"),
    path("<slug:slug>/retire/", article_acts.article_retire, name="article_retire"),
    path("<slug:slug>/bring-back/", article_acts.article_bring_back, name="article_bring_back"),
    path("<slug:slug>/<slug:language>/edit/", articles.article_edit, name="article_edit"),
    path("<slug:slug>/<slug:language>/submit/", article_acts.article_submit, name="article_submit"),
    path("<slug:slug>/<slug:language>/publish/", article_acts.article_publish, name="article_publish"),
    path("<slug:slug>/<slug:language>/discard/", article_acts.article_discard, name="article_discard"),
    path("<slug:slug>/<slug:language>/compare/<int:number>/", articles.article_compare, name="article_compare"),
]

help_urls = [
    path("", help.help_home, name="help"),
    path("results/", help.help_results, name="help_results"),
    path("suggest/", help.help_suggest, name="help_suggest"),
    path("<slug:slug>/", help.help_article, name="help_article"),
    path("<slug:slug>/feedback/", help.help_feedback, name="help_feedback"),
]
