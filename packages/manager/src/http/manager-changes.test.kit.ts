import { mailServer } from '../mail/server.test.kit.ts'
import { password, type Changes } from './change-scenes.test.kit.ts'

/** For tests only: what is done about the manager itself. */
export const managerChanges: Changes = {
  testMail: [
    'mail_test',
    async (world) => {
      await using server = await mailServer({ authOptional: true })
      const smtp = {
        host: '127.0.0.1',
        port: server.port,
        security: 'none',
        from: 'a@example.org',
      } as const
      await world.admin.testMail({ to: 'b@example.org', smtp })
    },
  ],
  changeSettings: [
    'settings_change',
    async (world) => {
      await world.admin.changeSettings({ smtp: { host: 'mail.example', password } })
      return [password]
    },
  ],
  exportAudit: ['audit_export', async (world) => void (await world.admin.exportAudit())],
  verifyAudit: ['audit_verify', async (world) => void (await world.admin.verifyAudit())],
}
