"""Use cases of signing in: passwords, and what the audit trail keeps and a person is told when their keys change."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from accounts.services import activity, sessions, sso
from common import outbox
from common.mail import absolute_url, send_mail

# What happened to the keys of a person, by the verb of the audit trail; each is told by mail too.
SECURITY_WORDS: Mapping[str, str | Promise] = {
    "password.changed": _("Your password was changed"),
    "password.reset": _("Your password was set anew by a link from a mail"),
    "mfa.app_added": _("An authenticator app was added to your account"),
    "mfa.app_removed": _("The authenticator app was removed from your account"),
    "mfa.passkey_added": _("A passkey was added to your account"),
    "mfa.passkey_removed": _("A passkey was removed from your account"),
    "mfa.codes_made": _("New recovery codes were made for your account"),
    "sso.connected": _("Single sign-on was connected to your account"),
    "sso.disconnected": _("Single sign-on was disconnected from your account"),
}


@transaction.atomic
def request_password_reset(*, email: str, now: datetime) -> None:
    """Take note that somebody forgot a password. Known and unknown addresses cost and answer the same."""
    outbox.put(topic="accounts.password_reset_mail", payload={"email": email.strip().lower()}, now=now)


@outbox.handler("accounts.password_reset_mail")
def send_password_reset(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Send the link, made only now and stored nowhere. To an address that we do not know, nothing is sent.

    Who comes by single sign-on is told so: a password would let them in after the provider has closed its door.
    """
    user = User.objects.active().filter(email=payload["email"]).first()
    if user is None:
        return
    if sso.comes_by_sso_only(user):
        context = {"email": user.email, "sso_name": settings.OIDC_NAME, "url": absolute_url(reverse("account_login"))}
        send_mail(to=user.email, template="password_reset_sso", context=context, key=key, language=user.language)
        return
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    hours = settings.PASSWORD_RESET_TIMEOUT // 3600
    context = {"email": user.email, "url": absolute_url(path), "hours": hours}
    send_mail(to=user.email, template="password_reset", context=context, key=key, language=user.language)


@transaction.atomic
def set_password(*, user: User, password: str, keep_session: str | None) -> None:
    """Give a person another password. Every session of theirs ends but `keep_session`, the one they do it in."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    locked.set_password(password)
    locked.save(update_fields=["password"])
    user.password = locked.password
    sessions.end_all(user=locked, keep_session=keep_session)


@transaction.atomic
def note_security(*, user: User, verb: str, now: datetime) -> None:
    """Keep in the trail, and tell the person by mail, what happened to their keys. Raises KeyError for other verbs."""
    if verb not in SECURITY_WORDS:
        raise KeyError(verb)
    activity.record(actor_id=user.pk, actor_name=user.name, verb=verb, target=user, now=now)
    payload = {"user_id": user.pk, "verb": verb, "at": now.isoformat()}
    outbox.put(topic="accounts.security_mail", payload=payload, now=now)


@outbox.handler("accounts.security_mail")
def send_security_notice(payload: Mapping[str, Any], key: UUID, now: datetime) -> None:
    """Tell a person what happened to their keys, so that a stranger's hand does not go unseen."""
    user = User.objects.filter(pk=payload["user_id"]).first()
    if user is None:
        return
    at = datetime.fromisoformat(payload["at"]).astimezone(ZoneInfo(user.timezone))
    with override(user.language):
        spoken_at = f"{date_format(at, 'DATETIME_FORMAT')} ({user.timezone})"
    context = {
        "what": SECURITY_WORDS[payload["verb"]],
        "email": user.email,
        "at": spoken_at,
        "url": absolute_url(reverse("mfa_index")),
    }
    send_mail(to=user.email, template="security_notice", context=context, key=key, language=user.language)


@transaction.atomic
def note_sign_in(*, user: User, method: str, now: datetime) -> None:
    """Keep a sign-in in the trail: with which keys, and from which address."""
    activity.record(
        actor_id=user.pk, actor_name=user.name, verb="person.signed_in", target=user, reason=method, now=now
    )


@transaction.atomic
def note_failed_sign_in(*, email: str, now: datetime) -> None:
    """Keep a failed try in the trail. For people we do not know it names nobody, but costs the same."""
    user = User.objects.filter(email=email.strip().lower()).first()
    activity.record(verb="person.sign_in_failed", target=user, target_type="user", now=now)
