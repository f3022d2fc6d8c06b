"""What follows from a sign-in and from changed keys: kept in the list of sessions, noted in the trail, told by mail."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.services import sign_in

SEEN_KEY = "seen_at"
_ADDED = {
    Authenticator.Type.TOTP: "mfa.app_added",
    Authenticator.Type.WEBAUTHN: "mfa.passkey_added",
    Authenticator.Type.RECOVERY_CODES: "mfa.codes_made",
}
_REMOVED = {Authenticator.Type.TOTP: "mfa.app_removed", Authenticator.Type.WEBAUTHN: "mfa.passkey_removed"}


def connect() -> None:
    """Listen; called once from AppConfig.ready()."""
    user_logged_in.connect(list_session, dispatch_uid="accounts.list_session")
    post_save.connect(note_added, sender=Authenticator, dispatch_uid="accounts.note_added")
    post_delete.connect(note_removed, sender=Authenticator, dispatch_uid="accounts.note_removed")


def list_session(*, request: HttpRequest, user: User, **_: Any) -> None:
    """Put the new session into the person's list, whichever page signed them in (form, invitation, sign-on)."""
    if "REMOTE_ADDR" not in request.META:
        return
    request.session[SEEN_KEY] = timezone.now().timestamp()
    UserSession.objects.create_from_request(request)


def note_added(*, instance: Authenticator, created: bool, **_: Any) -> None:
    if created and (verb := _ADDED.get(instance.type)):
        sign_in.note_security(user=instance.user, verb=verb, now=timezone.now())


def note_removed(*, instance: Authenticator, **_: Any) -> None:
    if verb := _REMOVED.get(instance.type):
        sign_in.note_security(user=instance.user, verb=verb, now=timezone.now())
