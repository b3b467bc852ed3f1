// The frame of our own pages, and the headers they are sent with.
import type { Context } from 'hono'
import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { sha256Base64 } from '../digest.ts'
import { STYLE } from './style.ts'

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export interface Page {
  title: string
  /** Beside the brand: where one is. */
  place: string
  home: string
  body: Html
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="#0b6e4f"/></svg>',
)}`

let styleHash: Promise<string> | undefined

/** Answers a page that may run nothing, load nothing and be framed by nobody; only our own style sheet applies. */
export async function showPage(c: Context, page: Page, status: 200 | 400 | 404 = 200): Promise<Response> {
  styleHash ??= sha256Base64(STYLE)
  const style = `style-src 'sha256-${await styleHash}'`
  const policy = `default-src 'none'; ${style}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`
  return c.html(layout(page), status, { 'content-security-policy': policy, 'x-frame-options': 'DENY' })
}

export interface Column {
  name: string
  isNumber?: boolean
}

/** A table that folds into cards on a phone. */
export const foldTable = (columns: readonly Column[], rows: readonly Html[]): Html => html`
  <div class="card table">
    <table class="fold">
      <thead>
        <tr>
          ${columns.map(({ name, isNumber }) => html`<th scope="col" ${isNumber ? raw('class="number"') : ''}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>
`

const layout = ({ title, place, home, body }: Page) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="${ICON}" />
    <style>${raw(STYLE)}</style>
  </head>
  <body>
    <a class="skip" href="#content">Skip to the content</a>
    <header>
      <a class="brand" href="${home}">Regulars</a>
      <p>${place}</p>
    </header>
    <main id="content">${body}</main>
  </body>
</html>`
