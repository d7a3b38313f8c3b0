"""A relying party on authlib: code flow with PKCE, in the query or by form post, user info, refresh, logout. Reads its
settings as JSON from the standard input, writes what it got as JSON; ends with 1 if anything is not as the library wants
it."""

import json
import os
import sys
from urllib.parse import parse_qs, urlencode, urlsplit

from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from browser import Browser

# The test's issuer is http on this machine.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "true"

settings = json.load(sys.stdin)
session = OAuth2Session(
    settings["client_id"],
    settings.get("client_secret"),
    scope=settings["scope"],
    redirect_uri=settings["redirect_uri"],
    code_challenge_method="S256",
)

metadata = session.get(settings["issuer"] + "/.well-known/openid-configuration", withhold_token=True).json()
assert metadata["issuer"] == settings["issuer"], "the metadata is of another issuer"

verifier, nonce = generate_token(48), generate_token()
extra = {name: settings[name] for name in ("resource", "response_mode") if settings.get(name)}
url, state = session.create_authorization_url(
    metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **extra
)
browser = Browser()
callback, posted = browser.go(url, settings["redirect_uri"], settings)
# authlib reads an answer from a URL; a framework would hand it the fields of a form in the same way.
answer = callback if posted is None else f"{callback}?{urlencode(posted)}"
tokens = session.fetch_token(
    metadata["token_endpoint"], authorization_response=answer, state=state, code_verifier=verifier
)

keys = KeySet.import_key_set(session.get(metadata["jwks_uri"], withhold_token=True).json())
decoded = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
options = {
    "iss": {"essential": True, "value": metadata["issuer"]},
    "aud": {"essential": True, "value": settings["client_id"]},
    "nonce": {"essential": True, "value": nonce},
}
parameters = {"nonce": nonce, "client_id": settings["client_id"], "access_token": tokens["access_token"]}
claims = CodeIDToken(decoded.claims, decoded.header, options, parameters)
claims.validate(leeway=30)

userinfo = session.get(metadata["userinfo_endpoint"]).json()
assert userinfo["sub"] == claims["sub"], "user info is about somebody else"
old, id_token = tokens["access_token"], tokens["id_token"]
refreshed = None
if tokens.get("refresh_token"):
    refreshed = session.refresh_token(metadata["token_endpoint"], refresh_token=tokens["refresh_token"])

def parameters(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


out = settings["post_logout_redirect_uri"]
logout = {"id_token_hint": id_token, "post_logout_redirect_uri": out, "state": state}
left, _ = browser.go(f"{metadata['end_session_endpoint']}?{urlencode(logout)}", out)
assert parameters(left) == {"state": state}, "the state of the logout was lost"
silent, _ = session.create_authorization_url(
    metadata["authorization_endpoint"], code_verifier=verifier, nonce=nonce, prompt="none"
)
refused, _ = browser.go(silent, settings["redirect_uri"])

print(
    json.dumps(
        {
            "claims": dict(claims),
            "userinfo": userinfo,
            "access_token": old,
            "id_token": id_token,
            "by_form": posted is not None,
            "refreshed": refreshed is not None and "access_token" in refreshed,
            "after_logout": parameters(refused).get("error"),
        }
    )
)
