// The whole server at once, for hosts that stay.
import type { Hono } from 'hono'
import { addApi } from './add-api.ts'
import { createDoors, type HttpOptions } from './create-doors.ts'

export type { HttpLimiters, HttpOptions, WebhookHandler } from './create-doors.ts'

/**
 * Makes the server's one fetch handler.
 * @example createApp(options).request('/healthz')
 */
export function createApp(options: HttpOptions): Hono {
  return createDoors(options, (root) => addApi(root, options))
}
