"""An OpenID provider, made of Authlib's own server parts: ``python -m tests.accounts.provider`` prints its address.

Whoever comes is "ada" there, and asked nothing. POST /next says how it is from then on: ``user`` is who comes,
``claims`` replace those of the token, ``forget`` are left out, and ``key`` "other" signs with a key that nobody knows,
"hmac" with the client's secret, and "none" not at all.
"""

import sys
import threading
import time
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from joserfc.jws import JWSRegistry
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT, SECRET = "quorumscope", "a secret of the test's own that is long enough"

KEY, OTHER = RSAKey.generate_key(2048, {"kid": "one"}), RSAKey.generate_key(2048, {"kid": "one"})


class Client(ClientMixin):
    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/account/elsewhere/back")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class User:
    def __init__(self, name: str) -> None:
        self.name = name

    def get_user_id(self) -> str:
        return f"id of {self.name}"


class Code:
    """What is handed over by way of the browser, and is good once."""

    def __init__(self, code: str, asked: Any) -> None:
        told = asked.payload.data
        self.code = code
        self.user = asked.user
        self.redirect_uri = told["redirect_uri"]
        self.nonce = told.get("nonce")
        self.code_challenge = told["code_challenge"]
        self.code_challenge_method = told["code_challenge_method"]

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return "openid profile email"

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


codes: dict[str, Code] = {}
wrong: dict[str, Any] = {}
metadata: dict[str, Any] = {}


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, asked: Any) -> None:
        codes[code] = Code(code, asked)

    def query_authorization_code(self, code: str, _client: Client) -> Code | None:
        return codes.get(code)

    def delete_authorization_code(self, code: Code) -> None:
        del codes[code.code]

    def authenticate_user(self, code: Code) -> User:
        found: User = code.user
        return found


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce: str, _asked: Any) -> bool:
        return any(code.nonce == nonce for code in codes.values())

    def generate_user_info(self, user: User, _scope: str) -> UserInfo:
        return UserInfo(sub=user.get_user_id(), preferred_username=user.name)

    def encode_id_token(self, token: dict[str, Any], asked: Any) -> str:
        now_s = int(time.time())
        claims = {"iss": metadata["issuer"], "aud": [CLIENT], "iat": now_s, "exp": now_s + 300}
        claims |= self.get_authorization_code_claims(asked.authorization_code)
        claims |= self.generate_user_info(asked.user, token["scope"]) | wrong.get("claims", {})
        for name in wrong.get("forget", ()):
            claims.pop(name, None)
        alg, key = {
            "one": ("RS256", KEY),
            "other": ("RS256", OTHER),
            "hmac": ("HS256", OctKey.import_key(SECRET)),
            "none": ("none", OctKey.import_key(SECRET)),
        }[wrong.get("key", "one")]
        return jwt.encode({"alg": alg, "kid": "one"}, claims, key, registry=JWSRegistry(algorithms=[alg]))


app = Flask(__name__)
app.secret_key = "of the provider"
server = AuthorizationServer(app, query_client=lambda _id: Client(), save_token=lambda _token, _asked: None)
server.register_grant(CodeGrant, [CodeChallenge(required=True), IdToken(require_nonce=True)])


@app.get("/.well-known/openid-configuration")
def configuration() -> Response:
    return jsonify(metadata)


@app.get("/keys")
def keys() -> Response:
    return jsonify({"keys": [KEY.as_dict(private=False)]})


@app.get("/authorize")
def authorize() -> Any:
    if request.args.get("code_challenge_method") != "S256":
        return "no proof key", 400
    return server.create_authorization_response(grant_user=User(wrong.get("user", "ada")))


@app.post("/token")
def token() -> Any:
    return server.create_token_response()


@app.post("/next")
def be_wrong() -> dict[str, Any]:
    wrong.clear()
    wrong.update(request.get_json())
    return wrong


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


def main() -> None:
    served = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    address = f"http://127.0.0.1:{served.server_port}"
    metadata.update(
        issuer=address,
        authorization_endpoint=f"{address}/authorize",
        token_endpoint=f"{address}/token",
        jwks_uri=f"{address}/keys",
        response_types_supported=["code"],
        subject_types_supported=["public"],
        # Some offer more than a site should take.
        id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
        code_challenge_methods_supported=["S256"],
    )
    print(address, flush=True)
    # With the tests goes what they have started.
    threading.Thread(target=served.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
