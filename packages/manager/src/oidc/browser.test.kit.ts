import { request, type Dispatcher } from 'undici'

export type Visit = {
  status: number
  /** Where it is sent on to. */
  location: string | null
  headers: Record<string, string | string[] | undefined>
  body: string
}
type Posted = { json?: unknown; form?: Record<string, string> }
export type Browser = ReturnType<typeof browser>

/** For tests only: follows redirects and keeps cookies as a browser does. Ports and paths tell no cookies apart. */
export function browser(dispatcher: Dispatcher) {
  const jars = new Map<string, Map<string, string>>()
  /** All that was visited, and sent on to. */
  const seen: string[] = []

  /** Cookies that are marked as secure are not told to http. */
  function jarFor({ protocol, hostname }: URL) {
    const place = `${protocol}//${hostname}`
    const jar = jars.get(place) ?? new Map<string, string>()
    jars.set(place, jar)
    return jar
  }

  /** One step: where it is sent on to is answered, not followed. */
  async function visit(address: string, { json, form }: Posted = {}): Promise<Visit> {
    const jar = jarFor(new URL(address))
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const body = form ? new URLSearchParams(form).toString() : (JSON.stringify(json) ?? null)
    const answer = await request(address, {
      dispatcher,
      method: body === null ? 'GET' : 'POST',
      headers: { ...(cookie && { cookie }), ...(body !== null && (form ? sendsForm : sendsJson)) },
      body,
    })
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) keep(jar, line)
    const { location: sent } = answer.headers
    const location = sent === undefined ? null : new URL(String(sent), address).href
    seen.push(address, ...(location === null ? [] : [location]))
    const { statusCode: status, headers } = answer
    return { status, location, headers, body: await answer.body.text() }
  }

  /** Goes where it is sent until `isThere` says that it has arrived, and answers where that is. */
  async function follow(address: string, isThere: (address: URL) => boolean): Promise<URL> {
    let place = new URL(address)
    for (let steps = 0; steps < 10; steps++) {
      if (isThere(place)) return place
      const { status, location, body } = await visit(place.href)
      if (location === null) throw new Error(`${place.href} ends with ${status}: ${body}`)
      place = new URL(location)
    }
    throw new Error(`${address} sends on and on, last to ${place.href}`)
  }

  return { visit, follow, seen, cookies: (address: string) => jarFor(new URL(address)) }
}

const sendsJson = { 'content-type': 'application/json' }
const sendsForm = { 'content-type': 'application/x-www-form-urlencoded' }

function keep(jar: Map<string, string>, line: string) {
  const [pair = '', ...attributes] = line.split(/; */)
  const [name = '', value = ''] = pair.split(/=(.*)/s)
  const isOver = attributes.some((text) => /^(max-age=0|expires=Thu, 01 Jan 1970.*)$/i.test(text))
  if (isOver) jar.delete(name)
  else jar.set(name, value)
}
