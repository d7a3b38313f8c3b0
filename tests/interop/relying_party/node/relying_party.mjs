// A relying party on openid-client: code flow with PKCE, in the query or by form post, user info, refresh, logout. Reads
// its settings as JSON from the standard input, writes what it got as JSON; ends with 1 if anything is not as the library
// wants it.
import * as client from 'openid-client'
import { text } from 'node:stream/consumers'
import { Browser } from './browser.mjs'

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
if (set.response_mode) parameters.response_mode = set.response_mode

const browser = new Browser()
const person = { username: set.username, password: set.password }
const callback = await browser.go(client.buildAuthorizationUrl(config, parameters), set.redirect_uri, person)

const tokens = await client.authorizationCodeGrant(config, callback, {
  pkceCodeVerifier: codeVerifier,
  expectedState: state,
  expectedNonce: nonce,
})
const claims = tokens.claims()
const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
const refreshed = tokens.refresh_token ? await client.refreshTokenGrant(config, tokens.refresh_token) : undefined

const logout = client.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token,
  post_logout_redirect_uri: set.post_logout_redirect_uri,
  state,
})
const left = await browser.go(logout, set.post_logout_redirect_uri)
if (left.searchParams.get('state') !== state) throw new Error('the state of the logout was lost')
const silent = client.buildAuthorizationUrl(config, { ...parameters, response_mode: 'query', prompt: 'none' })
const refused = await browser.go(silent, set.redirect_uri)

console.log(JSON.stringify({
  claims,
  userinfo,
  access_token: tokens.access_token,
  id_token: tokens.id_token,
  by_form: callback instanceof Request,
  refreshed: refreshed?.access_token !== undefined,
  after_logout: refused.searchParams.get('error'),
}))
