"""OpenID Connect as allauth has it, with what it leaves out: a nonce, the signature of the ID token, the issuer's name.

allauth finds this module by its name, in place of that of `allauth.socialaccount.providers.openid_connect`.
"""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

import jwt
from allauth.core.internal.httpkit import add_query_params
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404
from django.shortcuts import resolve_url
from requests import RequestException

from config.settings.openid_connect import ISSUER

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
CLAIMS = ("iss", "sub", "aud", "exp", "iat", "nonce")
CLOCKS_DIFFER = 60  # seconds, at most, that of the issuer and ours
OF_ISSUER = "session_of_issuer"  # in a session: what the issuer calls its own (`sid`), and where it ends that


class IssuerOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self):
        """What the issuer says of itself; it must be the one that the settings name."""
        config = super().openid_config
        if config.get("issuer") != self.get_provider().app.settings["issuer"]:
            raise OAuth2Error("The metadata are of another issuer.")
        return config

    def complete_login(self, request, app, token, **kwargs):
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("There is no ID token.")
        login = super().complete_login(request, app, token, **kwargs)
        login.sign_out = self.openid_config.get("end_session_endpoint", "")
        return login

    def _decode_id_token(self, app, id_token):
        return self.said_in(id_token, CLAIMS)

    def said_in(self, token: str, required: Iterable[str]) -> dict[str, Any]:
        """The claims of an ID token or a logout token, if one of the issuer's keys signed it, for this site."""
        app = self.get_provider().app
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
        answer.raise_for_status()
        try:
            key = self._key(jwt.PyJWKSet.from_dict(answer.json()), jwt.get_unverified_header(token).get("kid"))
            said = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS_DIFFER,
                options={"require": required},
            )
        except (jwt.PyJWTError, RecursionError) as error:
            raise OAuth2Error("The token is not right.") from error
        if said.get("azp", app.client_id) != app.client_id:
            raise OAuth2Error("The token was made for another site.")
        return said

    @staticmethod
    def _key(keys, name):
        """A token need not name its key where there is one only."""
        found = [key for key in keys.keys if key.public_key_use in (None, "sig") and name in (None, key.key_id)]
        if len(found) != 1:
            raise OAuth2Error("No key of the issuer has signed the token.")
        return found[0]


class IssuerProvider(OpenIDConnectProvider):
    oauth2_adapter_class = IssuerOAuth2Adapter

    def redirect(self, request, process, next_url=None, data=None, **kwargs):
        """To the issuer, with a nonce that the ID token must bring back; `pre_social_login` compares it."""
        nonce = secrets.token_urlsafe()
        auth_params = {**(kwargs.pop("auth_params", None) or self.get_auth_params()), "nonce": nonce}
        try:
            return super().redirect(request, process, next_url, data, auth_params=auth_params, nonce=nonce, **kwargs)
        except (OAuth2Error, RequestException) as error:
            return render_authentication_error(request, self, exception=error)


provider_classes = [IssuerProvider]


def callback(request, provider_id):
    """Where the issuer sends people back to."""
    adapter = IssuerOAuth2Adapter(request, provider_id)
    try:
        return OAuth2CallbackView.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except (OAuth2Error, RequestException) as error:
        return render_authentication_error(request, adapter.get_provider(), exception=error)


def note_session_of_issuer(request, login) -> None:
    """After signing in: the login has brought it along, also through the second factor."""
    request.session[OF_ISSUER] = login.state[OF_ISSUER]


def session_of_issuer(session: Mapping) -> dict[str, str]:
    """Empty for a session that was not begun at the issuer."""
    return session.get(OF_ISSUER, {})


def sign_out_address(request) -> str:
    """Where the issuer ends its own session, and leads back from; empty for a session of somebody else.

    Without `id_token_hint`, so that no ID token is kept: the issuer may ask first.
    """
    place = session_of_issuer(request.session).get("sign_out")
    if not place:
        return ""
    client_id = get_adapter().get_provider(request, ISSUER).app.client_id
    back = request.build_absolute_uri(resolve_url(settings.LOGOUT_REDIRECT_URL))
    return add_query_params(place, {"client_id": client_id, "post_logout_redirect_uri": back})
