import { stringify } from 'yaml'
import { z } from 'zod'
import { parseYaml } from './files/yaml.ts'

/** What /etc/linux_patch_api/manager.yaml says: where an enrolled host reaches its manager. */
export const ManagerPlace = z.strictObject({
  url: z.url({ protocol: /^https$/, error: 'must look like https://manager.example:8444' }),
  /** What its certificate has to name, whatever it is reached by. */
  identity: z.string().regex(/^urn:lpm:manager:[0-9a-f-]{36}$/, 'is not the identity of a manager'),
})
export type ManagerPlace = z.infer<typeof ManagerPlace>

export const parseManagerPlace = (file: string, text: string) => parseYaml(file, text, ManagerPlace)

export const managerPlaceText = (place: ManagerPlace) =>
  `# Written by \`linux-patch-agent enroll\`. The url may be changed where the manager moves.\n${stringify(place)}`
