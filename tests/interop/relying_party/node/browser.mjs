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

export class Browser {
  #jar = new Map()

  // Walks the pages from an address of the provider until the browser leaves for this one. What arrives there comes back:
  // a URL, or the request of an answer by form post, which a browser with scripts would send on by itself.
  async go(address, destination, person = {}) {
    let at = new URL(address)
    let form = null
    for (let hop = 0; hop < 20; hop++) {
      const cookie = [...this.#jar].map(([name, value]) => `${name}=${value}`).join('; ')
      const headers = { cookie, ...(form ? { origin: at.origin } : {}) }
      const answer = await fetch(at, { method: form ? 'POST' : 'GET', body: form, headers, redirect: 'manual' })
      for (const line of answer.headers.getSetCookie()) {
        const [name, ...value] = line.split(';', 1)[0].split('=')
        this.#jar.set(name, value.join('='))
      }
      form = null
      const location = answer.headers.get('location')
      if (location) {
        at = new URL(location, at)
        if (at.href.startsWith(destination)) return at
        continue
      }
      const html = await answer.text()
      if (html.includes('id="page-form-post"')) {
        const { action, body } = formWith(html, 'form-post-submit', {})
        if (!action.startsWith(destination)) throw new Error('the answer goes elsewhere')
        return new Request(action, { method: 'POST', body })
      }
      const step = steps.find(([page]) => html.includes(`id="${page}"`))
      if (!step) throw new Error(`stranded with status ${answer.status} at ${at.pathname}`)
      const filled = formWith(html, step[1], person)
      at = new URL(filled.action, at)
      form = filled.body
    }
    throw new Error('went in circles')
  }
}
