"""A small OpenID Connect issuer on loopback: discovery, authorization code with PKCE, signed tokens, user info."""

import base64
import hashlib
import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT, SECRET = "register", "a-secret-of-the-client"
START, CALLBACK = "/login/issuer/", "/login/issuer/callback/"
EVENT = "http://schemas.openid.net/event/backchannel-logout"
PERSON = {"sub": "s-1", "name": "Somebody Real", "given_name": "Somebody", "email": "somebody@example.org"}


class Issuer:
    """Signs in whoever `claims` describes; `changed` is what it gets wrong."""

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict = {"sub": "s-1"}
        self.changed: dict = {}
        self.metadata: dict = {}
        self.sign_with(self.key)
        self.codes: dict[str, dict] = {}

    def sign_with(self, key, algorithm: str = "RS256", name: str = "1") -> None:
        self.signs_with, self.algorithm, self.header = key, algorithm, {"kid": name}

    def authorize(self, asked: dict) -> str:
        """Where the browser is sent back to."""
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict) -> dict | None:
        """A code is good once, for who has the secret, the address and the verifier that belong to it."""
        asked = self.codes.pop(sent.get("code", ""), None)
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if not asked or challenge != asked["code_challenge"] or sent["redirect_uri"] != asked["redirect_uri"]:
            return None
        if (sent["client_id"], sent["client_secret"]) != (CLIENT, SECRET):
            return None
        signed = self.signed({"nonce": asked["nonce"], **self.claims})
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def logout_token(self, **said) -> str:
        return self.signed({"jti": token_urlsafe(), "events": {EVENT: {}}, **said})

    def signed(self, said: dict) -> str:
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 60, **said, **self.changed}
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(said, self.signs_with, algorithm=self.algorithm, headers=self.header)

    def keys(self) -> dict:
        public = RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def discovery(self) -> dict:
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        places["end_session"] = "end"
        endpoints = {f"{name}_endpoint": f"{self.url}/{path}" for name, path in places.items()}
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return {"issuer": self.url, "jwks_uri": f"{self.url}/jwks", **endpoints, **methods, **self.metadata}


class Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self):
        address = urlsplit(self.path)
        if address.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", self.issuer.authorize(dict(parse_qsl(address.query))))
            self.end_headers()
        elif address.path == "/userinfo":
            self.reply(self.issuer.claims)
        elif address.path == "/jwks":
            self.reply(self.issuer.keys())
        else:
            self.reply(self.issuer.discovery())

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.reply(self.issuer.token(dict(parse_qsl(sent))))

    def reply(self, said: dict | None):
        self.send_response(200 if said else 400)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said or {"error": "invalid_grant"}).encode())

    def log_message(self, *args):
        pass


@contextmanager
def served():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.issuer = Issuer(server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Handler.issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def to_issuer(client, **sent) -> str:
    """Where the issuer sends the browser back to."""
    address = client.post(START, sent)["Location"]
    return requests.get(address, allow_redirects=False, timeout=5).headers["Location"].replace("http://testserver", "")


def come_in(client, **sent):
    return client.get(to_issuer(client, **sent))
