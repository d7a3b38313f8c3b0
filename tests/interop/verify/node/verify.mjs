// node verify.mjs ISSUER TOKEN AUDIENCE
import { createRemoteJWKSet, jwtVerify } from 'jose'

const [issuer, token, audience] = process.argv.slice(2)

// Keeps the keys, and fetches them again for an unknown key id, at most every 30 seconds.
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', issuer))

try {
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ['RS256'], // never the one that the token asks for
    typ: 'at+jwt', // an ID token is no access token
    issuer,
    audience,
    requiredClaims: ['exp', 'iat', 'sub', 'client_id', 'jti', 'tenant_id'],
    clockTolerance: 30, // seconds
  })
  console.log(`${payload.sub} of tenant ${payload.tenant}`)
} catch (error) {
  console.error(`refused: ${error.code ?? error.name}`)
  process.exit(1)
}
