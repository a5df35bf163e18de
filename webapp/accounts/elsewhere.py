"""Signing in at an OpenID provider (OpenID Connect, authorization code with PKCE), by Authlib."""

import logging
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, session
from joserfc.errors import JoseError
from msgspec import Struct
from requests import RequestException
from werkzeug.wrappers import Response

from engine.outcomes import Refused

# A provider that does not answer for so long holds nobody up any longer.
ANSWER_S = 10

_STATES = "_state_"

_log = logging.getLogger(__name__)

# What a signature may be made with: a pair of keys, of which the site knows the public one.
_ASYMMETRIC = ("RS", "PS", "ES", "Ed")


class Known(Struct, frozen=True):
    """Whom the provider has told of."""

    issuer: str
    subject: str
    name: str


class Provider:
    def __init__(self, app: Flask, issuer: str, client_id: str, client_secret: str) -> None:
        self.issuer = issuer
        self._client = OAuth(app).register(
            "provider",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "default_timeout": ANSWER_S,
            },
        )

    def send(self, back_to: str) -> Response:
        """Over to the provider. Raises Refused("provider_silent")."""
        # Of one browser the last attempt counts; the cookie would grow with each.
        forget_states()
        try:
            self._check_metadata()
            sent: Response = self._client.authorize_redirect(back_to)
        except (AuthlibBaseError, RequestException, RuntimeError, ValueError) as error:
            raise _refused("provider_silent", error) from error
        return sent

    def come_back(self) -> Known:
        """Who has come back from there. Raises Refused: provider_refused, provider_silent."""
        try:
            metadata = self._check_metadata()
            token = self._client.authorize_access_token(
                # Authlib would take a token for somebody else, if only we had asked for it.
                claims_options={
                    "iss": {"essential": True, "value": metadata["issuer"]},
                    "aud": {"essential": True, "value": self._client.client_id},
                },
            )
        except RequestException as error:
            raise _refused("provider_silent", error) from error
        except (AuthlibBaseError, JoseError, KeyError, RuntimeError, TypeError, ValueError) as error:
            raise _refused("provider_refused", error) from error
        finally:
            forget_states()
        told: dict[str, Any] = token.get("userinfo") or {}
        match told.get("sub"):
            case str(subject) if subject:
                return Known(str(metadata["issuer"]), subject, _name(told) or subject)
        raise Refused("provider_refused")

    def _check_metadata(self) -> dict[str, Any]:
        """Raises ValueError: what was found there is about another provider."""
        metadata: dict[str, Any] = self._client.load_server_metadata()
        if str(metadata.get("issuer")).rstrip("/") != self.issuer.rstrip("/"):
            metadata.pop("_loaded_at", None)
            raise ValueError("the provider calls itself by another name than the one in the settings")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [
            one for one in offered if isinstance(one, str) and one.startswith(_ASYMMETRIC)
        ]
        return metadata


def _refused(code: str, error: Exception) -> Refused:
    # What it says may come from anybody who has made up a link.
    _log.warning("signing in at the OpenID provider: %s: %.200r", type(error).__name__, str(error))
    return Refused(code)


def forget_states() -> None:
    for name in [name for name in session if name.startswith(_STATES)]:
        del session[name]


def _name(told: dict[str, Any]) -> str | None:
    for claim in ("preferred_username", "name", "email"):
        if isinstance(told.get(claim), str) and told[claim].strip():
            return str(told[claim])
    return None
