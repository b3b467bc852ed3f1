// The API's document for people to read: one page, made from the OpenAPI document, without any script.
import { Hono, type MiddlewareHandler } from 'hono'
import { html } from 'hono/html'
import { API_PATH, type ApiDocument } from '../api/create-api.ts'
import { PROBLEMS } from '../problems.ts'
import { type Html, showPage } from './layout.ts'
import { describeSchema, type Schema } from './schema-words.ts'

type PathItem = NonNullable<ApiDocument['paths']>[string]
type Operation = NonNullable<PathItem['get']>

interface Described {
  method: string
  path: string
  operation: Operation
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** `/openapi.json` and `/docs`; the document is made when it is first asked for. */
export function createDocsPage(makeDocument: () => ApiDocument, limit: MiddlewareHandler): Hono {
  let made: ApiDocument | undefined
  const document = () => (made ??= makeDocument())
  const docs = new Hono()
  docs.get('/openapi.json', limit, (c) => c.json(document()))
  docs.get('/docs', limit, (c) =>
    showPage(c, { title: 'Regulars API', place: 'API', home: `${API_PATH}/docs`, body: docsBody(document()) }),
  )
  return docs
}

function docsBody(document: ApiDocument): Html {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method]
      return operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }]
    }),
  )
  const groups = Object.entries(Object.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? 'Other'))
  const paragraphs = (document.info.description ?? '').split('\n\n')
  return html`
    <h1>${document.info.title} API</h1>
    ${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
    <p>For tools: <a href="${API_PATH}/openapi.json">openapi.json</a>. All paths are under <code>${API_PATH}</code>.</p>
    ${groups.map(([name, group]) => html`<h2>${name}</h2>${(group ?? []).map((each) => card(each, document))}`)}
    <h2>Error codes</h2>
    <p>Errors are <code>application/problem+json</code>. Rely on <code>code</code>; <code>detail</code> is for people.</p>
    ${errorTable()}
  `
}

const card = ({ method, path, operation }: Described, document: ApiDocument): Html => html`
  <section class="card operation">
    <h3 id="${method.toLowerCase()}${path.replaceAll(/[^a-z]+/gi, '-')}"><code>${method} ${path}</code></h3>
    <p>${operation.summary} <span class="tag">${scopeOf(operation)}</span></p>
    ${fieldTable('Parameters', parametersOf(operation))}
    ${fieldTable('Body', bodyOf(operation, document))}
    <p class="small soft">${answersOf(operation)}</p>
  </section>
`

const scopeOf = ({ security }: Operation): string => security?.flatMap((need) => need.bearer ?? []).join(', ') ?? ''

interface Field {
  name: string
  required: boolean
  words: string
}

function parametersOf({ parameters }: Operation): Field[] {
  return (parameters ?? []).flatMap((parameter) => {
    if ('$ref' in parameter) return []
    const words = describeSchema({ description: parameter.description ?? '', ...parameter.schema })
    return [{ name: parameter.name, required: parameter.required ?? false, words }]
  })
}

function bodyOf({ requestBody }: Operation, document: ApiDocument): Field[] {
  if (requestBody === undefined || '$ref' in requestBody) return []
  const schema = resolve(requestBody.content['application/json']?.schema, document)
  return Object.entries(schema?.properties ?? {})
    .filter(([, property]) => !('deprecated' in property && property.deprecated))
    .map(([name, property]) => {
      const required = schema?.required?.includes(name) ?? false
      return { name, required, words: describeSchema(property) }
    })
}

function resolve(schema: Schema | undefined, document: ApiDocument): Exclude<Schema, { $ref: string }> | undefined {
  if (schema === undefined || !('$ref' in schema)) return schema
  const named = document.components?.schemas?.[schema.$ref.split('/').at(-1) ?? '']
  return named === undefined || '$ref' in named ? undefined : named
}

const fieldTable = (caption: string, fields: Field[]): Html | string =>
  fields.length === 0
    ? ''
    : html`<table class="fields">
        <caption>${caption}</caption>
        <tbody>
          ${fields.map(
            ({ name, required, words }) => html`<tr>
              <th scope="row"><code>${name}</code></th>
              <td class="need soft">${required ? 'required' : 'optional'}</td>
              <td>${words}</td>
            </tr>`,
          )}
        </tbody>
      </table>`

function answersOf({ responses }: Operation): string {
  const answers = Object.entries(responses ?? {}) as [string, { description: string }][]
  return answers.map(([status, { description }]) => `${status}: ${description.replace(/\.$/, '')}`).join(' · ')
}

const errorTable = (): Html => html`
  <div class="card table">
    <table>
      <tbody>
        ${Object.entries(PROBLEMS).map(
          ([code, { status, title }]) => html`<tr id="${code}">
            <th scope="row"><code>${code}</code></th>
            <td>${status}</td>
            <td>${title}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>
`
