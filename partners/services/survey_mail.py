"""The mail that asks, and its signed links (ADR 0025)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.services.unsubscribing import MailList, register, stop_url
from common import outbox
from common.errors import Missing
from common.mail import Envelope, absolute_url, send_mail
from partners.models import SurveyRequest
from partners.selectors.survey_people import has_refused
from partners.services.surveys import MAIL, is_sound, refuse
from partners.survey_choices import SurveyKind, SurveyState
from partners.survey_links import score_words, token_of
from partners.survey_policy import subject_of

LIST = "surveys"


@outbox.handler(MAIL)
def deliver_survey_mail(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Ask one person; nothing leaves where the ground has gone meanwhile, or the person."""
    rows = SurveyRequest.objects.select_related("contact__user", "organization")
    request = rows.filter(pk=payload["request_id"], state=SurveyState.SENT, expires_at__gt=now).first()
    if request is None:
        return
    contact = request.contact
    refused = has_refused(contact)
    if contact.archived_at is not None or not contact.email or refused or not is_sound(request):
        SurveyRequest.objects.filter(pk=request.pk).update(state=SurveyState.CANCELLED, updated_at=now)
        return
    language = (contact.user.language if contact.user is not None else "") or request.organization.language
    stop = stop_url(LIST, request.public_id.hex)
    with override(language or settings.LANGUAGE_CODE):
        context = _context(request)
    template = "survey_nps" if request.kind == SurveyKind.NPS else "survey"
    envelope = Envelope(stop_url=stop)
    send_mail(to=contact.email, template=template, context=context, key=key, language=language, envelope=envelope)


def _context(request: SurveyRequest) -> dict[str, Any]:
    url = absolute_url(reverse("partners:survey", args=[token_of(request)]))
    subject, words = subject_of(request.subject_type), score_words(request.kind)
    return {
        "name": request.contact.name,
        "title": subject.title(request.subject_id) if subject is not None else "",
        "key": request.subject_key,
        "links": [{"score": one, "label": words[one], "url": f"{url}?score={one}"} for one in words],
        "until": request.expires_at,
        "stop": absolute_url(reverse("partners:survey_stop", args=[token_of(request)])),
    }


def _end_by_link(values: Sequence[Any], now: datetime) -> None:
    (public_id,) = values
    request = SurveyRequest.objects.filter(public_id=UUID(hex=public_id)).first()
    if request is None:
        raise Missing(_("This link does not lead to a survey."))
    refuse(request=request, now=now)


register(
    MailList(
        key=LIST,
        about=gettext_lazy("We do not ask you again. Answers to your tickets come as before."),
        end=_end_by_link,
    )
)
