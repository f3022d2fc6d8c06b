"""OpenID Connect, strictly: an ID token is needed, signed by the provider's keys, for us, now, and for this browser."""

import hmac
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.urls import reverse
from django.utils.crypto import salted_hmac

from common.mail import absolute_url


def nonce_of(state: str) -> str:
    """The nonce that belongs to a state. The state is random and tied to the session; so is what is made of it."""
    return salted_hmac("accounts.oidc.nonce", state, algorithm="sha256").hexdigest()


class NonceClient(OAuth2Client):
    """Asks the provider to put our nonce into the ID token."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: dict[str, Any]) -> str:
        return super().get_redirect_url(authorization_url, scope, {**extra_params, "nonce": nonce_of(str(self.state))})


class StrictOpenIDConnectAdapter(OpenIDConnectOAuth2Adapter):
    """The library's client, which takes more on trust (it checks no signature and no nonce), made strict."""

    client_class = NonceClient

    def get_callback_url(self, request: Any, app: Any) -> str:
        """Made from the setting, as the provider knows us; never from a request's Host (security.md 16)."""
        return absolute_url(reverse("openid_connect_callback", kwargs={"provider_id": self.provider_id}))

    def complete_login(self, request: Any, app: Any, token: Any, **kwargs: Any) -> Any:
        """Raises OAuth2Error without an ID token, or when user info speaks of somebody else than it."""
        id_token = kwargs["response"].get("id_token")
        if not id_token:
            raise OAuth2Error("the provider gave no ID token")
        claims = self._decode_id_token(app, id_token)
        data = {"id_token": claims}
        if "userinfo_endpoint" in self.openid_config:
            data["userinfo"] = self._fetch_user_info(token.token)
            if data["userinfo"].get("sub") != claims.get("sub"):
                raise OAuth2Error("user info and ID token speak of different people")
        return self.get_provider().sociallogin_from_response(request, data)

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        expected = nonce_of(self.request.GET.get("state", ""))
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), expected.encode()):
            raise OAuth2Error("the ID token was made for another browser")
        return claims
