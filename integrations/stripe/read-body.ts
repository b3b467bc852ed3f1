// Reads a request's body once, as bytes, and never more of it than the limit.
import type { Context } from 'hono'

async function readStream(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Uint8Array | null> {
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > maxBytes) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.byteLength
  }
  return bytes
}

/** The body's bytes, null when there are more than `maxBytes`. */
export async function readBody(context: Context, maxBytes: number): Promise<Uint8Array | null> {
  const declared = context.req.header('content-length')
  if (declared !== undefined && /^\d+$/.test(declared)) {
    if (Number(declared) > maxBytes) return null
    // The host holds a body to its declared length. This way is much faster on Node than a stream.
    const bytes = new Uint8Array(await context.req.arrayBuffer())
    return bytes.byteLength > maxBytes ? null : bytes
  }
  const { body } = context.req.raw
  return body === null ? new Uint8Array() : readStream(body, maxBytes)
}
