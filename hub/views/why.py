"""The explainer's page; every list, every 404 and the help menu lead here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.actors import actor_for
from accounts.policies import actor_of, staff_page
from accounts.services import activity
from hub.explainer import explain
from hub.explanations import Answer
from hub.forms import WhyForm


@staff_page
def why(request: HttpRequest) -> HttpResponse:
    """Answer for the asker, or for another person if the asker may ask for others (which is recorded)."""
    actor = actor_of(request)
    form = WhyForm(request.GET or None, actor=actor)
    answer: Answer | None = None
    person = None
    if form.is_bound and form.is_valid():
        now = timezone.now()
        query = form.cleaned_data["q"]
        person = form.cleaned_data.get("person")
        if person is not None and person.pk != actor.user_id:
            activity.record(
                actor_id=actor.user_id,
                actor_name=actor.name,
                verb="access.explained_for_other",
                target=person,
                reason=query,
                now=now,
            )
            answer = explain(actor_for(person), query, now=now, person=person.name)
        else:
            answer = explain(actor, query, now=now)
    return render(request, "hub/why.html", {"form": form, "answer": answer, "person": person})
