import { parseDocument } from 'yaml'
import type { z } from 'zod'
import { Failure } from '@linux-patch/shared/failure'

/** Reads YAML against a schema. What is wrong is said in one line that names the file and the key. */
export function parseYaml<Schema extends z.ZodType>(file: string, text: string, schema: Schema) {
  const document = parseDocument(text, { prettyErrors: true })
  const [broken] = document.errors
  if (broken) throw invalid(file, broken.message.split('\n')[0]?.replace(/:$/, '') ?? broken.code)

  const { success, data, error } = schema.safeParse(toObject(document))
  if (success) return data
  throw invalid(file, error.issues.map(inOneLine).join('; '))
}

/** An empty file is one that says nothing, and not a wrong one. */
const toObject = (document: ReturnType<typeof parseDocument>): unknown => document.toJS() ?? {}

const inOneLine = ({ path, message }: z.core.$ZodIssue) =>
  path.length > 0 ? `${path.join('.')}: ${message}` : message

const invalid = (file: string, what: string) => new Failure('CONFIG_INVALID', `${file}: ${what}`)
