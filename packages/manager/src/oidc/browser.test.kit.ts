import { request, type Dispatcher } from 'undici'

export type Visit = { status: number; location: string | null; cookies: string[]; body: string }
export type Browser = ReturnType<typeof browser>

/** For tests only: follows redirects and keeps cookies as a browser does, by origin. */
export function browser(dispatcher: Dispatcher) {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (origin: string) => {
    const jar = jars.get(origin) ?? new Map<string, string>()
    jars.set(origin, jar)
    return jar
  }

  function keep(jar: Map<string, string>, cookie: string) {
    const [pair = '', ...attributes] = cookie.split(/; */)
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const isOver = attributes.some((text) => /^(max-age=0|expires=Thu, 01 Jan 1970.*)$/i.test(text))
    if (isOver) jar.delete(name)
    else jar.set(name, value)
  }

  /** One step: where it is sent on to is answered, not followed. */
  async function visit(address: string, { json }: { json?: unknown } = {}): Promise<Visit> {
    const { origin } = new URL(address)
    const jar = jarOf(origin)
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const answer = await request(address, {
      dispatcher,
      method: json === undefined ? 'GET' : 'POST',
      headers: { ...(cookie && { cookie }), ...(json !== undefined && sendsJson) },
      body: json === undefined ? null : JSON.stringify(json),
    })
    const cookies = [answer.headers['set-cookie'] ?? []].flat()
    for (const line of cookies) keep(jar, line)
    const { location } = answer.headers
    return {
      status: answer.statusCode,
      location: location === undefined ? null : new URL(String(location), address).href,
      cookies,
      body: await answer.body.text(),
    }
  }

  return {
    visit,
    cookies: (origin: string) => Object.fromEntries(jarOf(origin)),
    /** Goes where it is sent until `isThere` says that it has arrived, and answers where that is. */
    async follow(address: string, isThere: (address: URL) => boolean): Promise<URL> {
      let place = new URL(address)
      for (let steps = 0; steps < 10; steps++) {
        if (isThere(place)) return place
        const { status, location, body } = await visit(place.href)
        if (location === null) throw new Error(`${place.href} ends with ${status}: ${body}`)
        place = new URL(location)
      }
      throw new Error(`${address} sends on and on, last to ${place.href}`)
    },
  }
}

const sendsJson = { 'content-type': 'application/json' }
