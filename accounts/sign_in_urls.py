"""Signing in: every name that the library knows, each behind a rule of the house; what we do not offer answers 404."""

from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from accounts.policies import View, public_page, signed_in_page
from accounts.views import security, sessions, sign_in, sso


def _own(view: View) -> View:
    """A page about one's own keys: for who is signed in, and kept by no browser or proxy."""
    return signed_in_page(never_cache(view))


account_urls = [
    path("", signed_in_page(RedirectView.as_view(pattern_name="mfa_index")), name="account_home"),
    path("login/", sign_in.login, name="account_login"),
    path("logout/", sign_in.logout, name="account_logout"),
    path("inactive/", sign_in.inactive, name="account_inactive"),
    path("reauthenticate/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("password/change/", sign_in.password_change, name="account_change_password"),
    path("password/set/", sign_in.password_set, name="account_set_password"),
    path("password/reset/", sign_in.password_reset, name="account_reset_password"),
    path("password/reset/done/", sign_in.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", sign_in.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("sessions/", sessions.session_list, name="usersessions_list"),
    path("sessions/<int:session_id>/end/", sessions.session_end, name="usersessions_end"),
]

closed_urls = [
    path("signup/", sign_in.closed, name="account_signup"),
    path("email/", sign_in.closed, name="account_email"),
    path("confirm-email/", sign_in.closed, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", sign_in.closed, name="account_confirm_email"),
    path("login/code/confirm/", sign_in.closed, name="account_confirm_login_code"),
    path("3rdparty/signup/", sign_in.closed, name="socialaccount_signup"),
]

factor_urls = [
    path("2fa/", _own(security.security_index), name="mfa_index"),
    path("2fa/authenticate/", public_page(never_cache(factors.authenticate)), name="mfa_authenticate"),
    path("2fa/reauthenticate/", _own(factors.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", _own(security.app_activate), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", _own(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", _own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", _own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", _own(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", _own(security.passkey_list), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", _own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/reauthenticate/", _own(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/remove/", _own(security.passkey_remove), name="mfa_remove_webauthn"),
    path("2fa/webauthn/keys/<int:pk>/edit/", _own(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("2fa/webauthn/login/", public_page(never_cache(passkeys.login_webauthn)), name="mfa_login_webauthn"),
]

single_sign_on_urls = [
    path("3rdparty/", signed_in_page(RedirectView.as_view(pattern_name="mfa_index")), name="socialaccount_connections"),
    path("3rdparty/login/cancelled/", sso.sso_cancelled, name="socialaccount_login_cancelled"),
    path("3rdparty/login/error/", sso.sso_error, name="socialaccount_login_error"),
    path("oidc/<slug:provider_id>/login/", sso.sso_login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", sso.sso_callback, name="openid_connect_callback"),
]

urlpatterns = [*account_urls, *closed_urls, *factor_urls, *single_sign_on_urls]
