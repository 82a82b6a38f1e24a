"""An identity provider that lies in one way at a time, speaking the real protocol with real signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

SECRET = "the client's secret, known to both"
OWN, FOREIGN = RSAKey.generate_key(2048), RSAKey.generate_key(2048)


@dataclass
class Forger:
    """`lie` is what the next token does wrong; the sign-in under way is noted from the address it left for."""

    address: str = ""
    lie: str = ""
    nonce: str = ""
    challenge: str = ""
    seen: list[str] = field(default_factory=list)

    def note(self, departure: str) -> str:
        """Take in where a browser was sent; returns its state."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(departure).query).items()}
        self.nonce, self.challenge = asked["nonce"], asked["code_challenge"]
        assert asked["code_challenge_method"] == "S256"
        return asked["state"]

    def description(self) -> dict[str, Any]:
        here = self.address
        return {
            "issuer": "https://other.example" if self.lie == "description" else here,
            "authorization_endpoint": f"{here}/auth",
            "token_endpoint": f"{here}/token",
            "userinfo_endpoint": f"{here}/me",
            "jwks_uri": f"{here}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        self.seen.append(form["code"])
        made = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert made == self.challenge
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.address,
            "aud": "zhengwen",
            "sub": "zhao",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "name": "赵敏",
            "groups": ["数据局管理员"],
        }
        claims |= {
            "issuer": {"iss": "https://other.example"},
            "audience": {"aud": "another-client"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
            "nonce": {"nonce": "another"},
            "future": {"iat": now + 7200, "exp": now + 9000},
        }.get(self.lie, {})
        if self.lie in ("no-nonce", "no-sub", "no-exp"):
            del claims[self.lie[3:]]
        if self.lie == "no-token":
            return {"access_token": "a", "token_type": "Bearer"}
        return {"access_token": "a", "token_type": "Bearer", "id_token": self._signed(claims)}

    def _signed(self, claims: dict[str, Any]) -> str:
        if self.lie == "unsigned":
            parts = ({"alg": "none"}, claims)
            text = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
            return ".".join([*text, ""])
        if self.lie == "shared-secret":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"])
        key = FOREIGN if self.lie == "foreign-key" else OWN
        signed = jwt.encode({"alg": "RS256", "kid": OWN.thumbprint()}, claims, key)
        if self.lie == "tampered":
            head, body, sign = signed.split(".")
            more = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "admin"}
            return ".".join([head, base64.urlsafe_b64encode(json.dumps(more).encode()).decode().rstrip("="), sign])
        return signed


@contextmanager
def forging_provider() -> Iterator[Forger]:
    forger = Forger()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = {"keys": [{**OWN.as_dict(private=False), "kid": OWN.thumbprint(), "use": "sig"}]}
            person = {"sub": "somebody else" if forger.lie == "userinfo" else "zhao", "department": "云澜市数据局"}
            places = {"/.well-known/openid-configuration": forger.description(), "/jwks": keys, "/me": person}
            self._answer(places.get(urlsplit(self.path).path))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["content-length"])).decode()
            if forger.lie == "error":
                self._answer({"error": "invalid_grant"}, 400)
            elif forger.lie == "nonsense":
                self._answer(["nonsense"])
            else:
                self._answer(forger.token({key: values[0] for key, values in parse_qs(sent).items()}))

        def _answer(self, body: Any, status: int = 200) -> None:
            data = json.dumps(body).encode()
            self.send_response(status if body is not None else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    forger.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield forger
    server.shutdown()
    server.server_close()
