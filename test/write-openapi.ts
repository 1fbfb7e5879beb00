import { writeFileSync } from 'node:fs'
import { documents, placeOfDocument, textOf } from './openapi.ts'

for (const [name, document] of Object.entries(documents))
  writeFileSync(placeOfDocument(name), textOf(document))
