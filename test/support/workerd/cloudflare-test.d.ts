/** What the plugin puts there; its own types would bring a Worker's globals to all tests. */
declare module 'cloudflare:test' {
  /** The bindings of `config.ts`. */
  export const env: Readonly<Record<string, unknown>>
}

/** Vite's, of which only this is used. */
interface ImportMeta {
  glob<Text>(pattern: string, options: { query: string; import: string; eager: true }): Record<string, Text>
}
