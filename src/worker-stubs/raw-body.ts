// Stands in for raw-body (wrangler.toml, [alias]), by which Bolt's own receivers read a body in any of the world's encodings.
export default function rawBody(): never {
  throw new Error('raw-body is not in the Worker’s bundle: a body is read by the Request that it came with')
}
