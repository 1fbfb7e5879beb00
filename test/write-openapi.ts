import { writeFileSync } from 'node:fs'
import { documents, placeOfDocument, textOf } from './openapi.ts'
import { placeOfRights, rightsPage } from './rights.ts'

for (const [name, document] of Object.entries(documents))
  writeFileSync(placeOfDocument(name), textOf(document))
writeFileSync(placeOfRights, rightsPage)
