import { isMap, isNode, LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { z } from 'zod'
import { Failure } from '@linux-patch/shared/failure'

/** Reads YAML against a schema. What is wrong is said in one line that names the file, the key and where it stands. */
export function parseYaml<Schema extends z.ZodType>(file: string, text: string, schema: Schema) {
  const lines = new LineCounter()
  const document = parseDocument(text, { prettyErrors: true, lineCounter: lines })
  const [broken] = document.errors
  if (broken) throw invalid(file, broken.message.split('\n')[0]?.replace(/:$/, '') ?? broken.code)

  const { success, data, error } = schema.safeParse(toObject(file, document))
  if (success) return data
  const problems = error.issues.map((issue) => inOneLine(issue) + place(document, lines, issue))
  throw invalid(file, problems.join('; '))
}

/** An empty file is one that says nothing, and not a wrong one. An alias of nothing is found only now. */
function toObject(file: string, document: Document): unknown {
  try {
    return document.toJS() ?? {}
  } catch (error) {
    throw invalid(file, (error as Error).message)
  }
}

const inOneLine = ({ path, message }: z.core.$ZodIssue) =>
  path.length > 0 ? `${path.join('.')}: ${message}` : message

/** In the words that the parser has for its own errors. */
function place(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): string {
  const start = nodeOf(document, issue)?.range?.[0]
  if (start === undefined) return ''
  const { line, col } = lines.linePos(start)
  return ` at line ${line}, column ${col}`
}

function nodeOf(document: Document, issue: z.core.$ZodIssue): Node | undefined {
  const found = document.getIn(issue.path, true)
  if (issue.code !== 'unrecognized_keys' || !isMap(found)) return isNode(found) ? found : undefined
  const strange = found.items.find(({ key }) => issue.keys.includes(String(key)))
  return isNode(strange?.key) ? strange.key : undefined
}

const invalid = (file: string, what: string) => new Failure('CONFIG_INVALID', `${file}: ${what}`)
