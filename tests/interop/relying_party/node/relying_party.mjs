// A relying party on openid-client: code flow with PKCE, user info, refresh. Reads its settings as JSON from the
// standard input, writes what it got as JSON; ends with 1 if anything is not as the library wants it.
import * as client from 'openid-client'
import { text } from 'node:stream/consumers'
import { signIn } from './browser.mjs'

const set = JSON.parse(await text(process.stdin))

const config = await client.discovery(new URL(set.issuer), set.client_id, undefined, client.ClientSecretBasic(set.client_secret), {
  execute: [client.allowInsecureRequests], // the test's issuer is http on this machine
})

const codeVerifier = client.randomPKCECodeVerifier()
const state = client.randomState()
const nonce = client.randomNonce()
const parameters = {
  redirect_uri: set.redirect_uri,
  scope: set.scope,
  code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
  code_challenge_method: 'S256',
  state,
  nonce,
}
if (set.resource) parameters.resource = set.resource

const callback = await signIn(
  client.buildAuthorizationUrl(config, parameters), set.redirect_uri, set.username, set.password)

const tokens = await client.authorizationCodeGrant(config, callback, {
  pkceCodeVerifier: codeVerifier,
  expectedState: state,
  expectedNonce: nonce,
})
const claims = tokens.claims()
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
const refreshed = tokens.refresh_token ? await client.refreshTokenGrant(config, tokens.refresh_token) : undefined

console.log(JSON.stringify({
  claims,
  userinfo,
  access_token: tokens.access_token,
  id_token: tokens.id_token,
  refreshed: refreshed?.access_token !== undefined,
}))
