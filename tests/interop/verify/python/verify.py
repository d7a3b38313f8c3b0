# python verify.py ISSUER TOKEN AUDIENCE
import json
import sys
import urllib.request

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

issuer, token, audience = sys.argv[1:4]

# Keep the keys in a real service; fetch them again for an unknown key id, but not for every one.
with urllib.request.urlopen(issuer + "/.well-known/jwks.json", timeout=5) as answer:
    keys = KeySet.import_key_set(json.load(answer))

claims_we_demand = jwt.JWTClaimsRegistry(
    leeway=30,  # seconds
    iss={"essential": True, "value": issuer},
    aud={"essential": True, "value": audience},
    exp={"essential": True},
    iat={"essential": True},
    sub={"essential": True},
    client_id={"essential": True},
    jti={"essential": True},
    tenant_id={"essential": True},
)

try:
    # Never the algorithm that the token asks for.
    decoded = jwt.decode(token, keys, algorithms=["RS256"])
    claims_we_demand.validate(decoded.claims)
    # An ID token is no access token.
    if decoded.header.get("typ", "").lower() not in ("at+jwt", "application/at+jwt"):
        raise ValueError("not an access token")
except (JoseError, ValueError) as error:
    sys.exit(f"refused: {type(error).__name__}")

print(f"{decoded.claims['sub']} of tenant {decoded.claims['tenant']}")
