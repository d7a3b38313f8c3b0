// A browser without a screen: cookies, redirects and plain form posts, enough for the sign-in pages.

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'", '#34': '"', '#38': '&', '#60': '<', '#62': '>' }
const unescape = (text) => text.replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole)

function attributes(tag) {
  const found = {}
  for (const [, name, , value] of tag.matchAll(/\s([\w-]+)(="([^"]*)")?/g)) found[name] = unescape(value ?? '')
  return found
}

// The form whose markup holds this id, as what a press of that button would send.
function formWith(html, buttonId, fields) {
  for (const [whole, opening, inside] of html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)) {
    if (!whole.includes(`id="${buttonId}"`)) continue
    const body = new URLSearchParams()
    for (const [, tag, rest] of inside.matchAll(/<(input|button)\b([^>]*)>/g)) {
      const { id, name, value, type } = attributes(rest)
      if (!name) continue
      if (tag === 'button' || type === 'submit') {
        if (id === buttonId) body.append(name, value ?? '')
      } else {
        body.append(name, fields[id] ?? value ?? '')
      }
    }
    return { action: attributes(opening).action ?? '', body }
  }
  throw new Error(`no form with the button ${buttonId} on this page`)
}

const steps = [
  ['page-login', 'login-submit'],
  ['page-password', 'login-submit'],
  ['page-consent', 'consent-allow'],
]

// Walks the pages from the authorization URL until the redirect URI, which it returns with its parameters.
export async function signIn(authorizationUrl, redirectUri, username, password) {
  const jar = new Map()
  let at = new URL(authorizationUrl)
  let form = null
  for (let hop = 0; hop < 20; hop++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { cookie, ...(form ? { origin: at.origin } : {}) }
    const answer = await fetch(at, { method: form ? 'POST' : 'GET', body: form, headers, redirect: 'manual' })
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = line.split(';', 1)[0].split('=')
      jar.set(name, value.join('='))
    }
    form = null
    const location = answer.headers.get('location')
    if (location) {
      at = new URL(location, at)
      if (at.href.startsWith(redirectUri)) return at
      continue
    }
    const html = await answer.text()
    const step = steps.find(([page]) => html.includes(`id="${page}"`))
    if (!step) throw new Error(`stranded with status ${answer.status} at ${at.pathname}`)
    const filled = formWith(html, step[1], { username, password })
    at = new URL(filled.action, at)
    form = filled.body
  }
  throw new Error('went in circles')
}
