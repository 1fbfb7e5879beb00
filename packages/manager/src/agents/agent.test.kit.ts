import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { AgentJob } from '@linux-patch/shared/agent-job'
import { agentApi } from '@linux-patch/shared/agent-api'
import { failures } from '@linux-patch/shared/failure'
import { refuseUnknownRoutes, replyWithFailure } from '@linux-patch/shared/refuse'
import { nameRequest, serve } from '@linux-patch/shared/serve'
import express, { type RequestHandler } from 'express'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Authority } from '../pki/authority.ts'
import { newKeyPair } from '../pki/key-pair.ts'
import { usualAnswers, type Answers } from './answers.test.kit.ts'

type Options = {
  authority: Authority
  host_id: string
  /** Whose certificate it shows, where that is another's. */
  shows?: string
  /** False for an agent whose socket cannot be opened. */
  socket?: boolean
}
export type ScriptedAgent = Awaited<ReturnType<typeof scriptedAgent>>

const at = () => new Date().toISOString()

/** For tests only: the other side of the door. A server that speaks the agent's API as a script tells it to. */
export async function scriptedAgent({ authority, host_id, shows, socket = true }: Options) {
  const jobs = new Map<string, AgentJob>()
  const keys = new Map<string, string>()
  const asked: string[] = []
  const followers = new Set<WebSocket>()
  const answers = usualAnswers(jobs, keys)
  /** Comes before everything else, where a test wants to answer by itself. */
  let instead: RequestHandler | undefined

  const application = express()
  application.use(nameRequest, (request, response, next) => {
    asked.push(`${request.method} ${request.path.replace('/api/v1', '')}`)
    if (instead) return instead(request, response, next)
    next()
  })
  const current = Object.fromEntries(
    Object.keys(agentApi).map((name) => [
      name,
      (...given: unknown[]) =>
        (answers[name as keyof Answers] as (...all: unknown[]) => unknown)(...given),
    ]),
  ) as Answers
  serve(application, {
    contract: agentApi,
    handlers: current,
    admit: () => null,
    manners: { badRequest: 'INVALID_REQUEST', wrap },
  })
  application.use(refuseUnknownRoutes('INVALID_REQUEST'), replyWithFailure(manners))

  const { key_pem, publicKey } = newKeyPair()
  const names = { id: shows ?? host_id, dns_names: [], ip_addresses: ['127.0.0.1'] }
  const { cert_pem, serial } = await authority.issue('agent', names, publicKey)
  const tls = { key: key_pem, cert: cert_pem, ca: authority.root_pem, requestCert: true }
  const sockets = new Set<Socket>()
  const speaker = new WebSocketServer({ noServer: true })
  const open = () => {
    const server = createServer({ ...tls, minVersion: 'TLSv1.3' }, application)
    server.on('connection', (one: Socket) => sockets.add(one.on('error', () => {})))
    server.on('tlsClientError', () => {})
    server.on('upgrade', (request, connection, head) => {
      asked.push(`UPGRADE ${request.url}`)
      if (!socket) return void connection.destroy()
      speaker.handleUpgrade(request, connection as Socket, head, (opened) => {
        opened.on('message', () => {
          followers.add(opened)
          for (const [, job] of jobs)
            for (const line of job.logs) send('job_log', { ...line, job_id: job.job_id }, opened)
        })
        opened.on('error', () => {})
        opened.on('close', () => followers.delete(opened))
      })
    })
    return server
  }
  let server = open()
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)

  function send(type: string, payload: unknown, to?: WebSocket) {
    for (const one of to ? [to] : followers) one.send(JSON.stringify({ type, payload }))
  }
  async function leave() {
    for (const one of sockets) one.destroy()
    sockets.clear()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }

  return {
    host_id,
    /** Of its certificate. */
    serial,
    port,
    jobs,
    asked,
    answers,
    send,
    followers,
    answerInstead: (handler: RequestHandler | undefined) => void (instead = handler),
    /** How often it was asked to start something. */
    dispatches: () => asked.filter((line) => /^(POST|PUT) /.test(line)).length,
    /** The one job that it has, moved on. */
    move(change: Partial<AgentJob>): AgentJob {
      const [job] = jobs.values()
      if (!job) throw new Error('The agent has no job.')
      Object.assign(job, change, { updated_at: at() })
      const { job_id, status, progress_percent, message, updated_at } = job
      send('job_status', { job_id, status, progress_percent, message, updated_at })
      return job
    },
    leave,
    async comeBack() {
      server = open()
      await listen(port)
    },
    [Symbol.asyncDispose]: leave,
  }
}

const wrap = (request_id: string, data: unknown) => ({
  success: true,
  request_id,
  timestamp: at(),
  data,
  error: null,
})

const manners: Parameters<typeof replyWithFailure>[0] = {
  badRequest: 'INVALID_REQUEST',
  internal: 'SERVICE_UNHEALTHY',
  word: (request_id, { code, message, details }) => ({
    success: false,
    request_id,
    timestamp: at(),
    data: null,
    error: { code, message, details, retryable: failures[code].retryable },
  }),
  log: () => {},
}
