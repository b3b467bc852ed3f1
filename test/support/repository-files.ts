// The repository's text files as they lie on disk, less what .gitignore keeps out of it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SourceFile } from './tidy-source.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const IGNORED = new Set(['.git', 'node_modules', 'data', 'dist', '.wrangler', 'coverage'])
/** What tests leave behind; elsewhere the word is free. */
const IGNORED_AT_ROOT = 'reports'
const IGNORED_FILES = /^\.env(?!\.example)|^\.dev\.vars$|\.(log|tsbuildinfo)$/
const BINARY = /\.(png|ico|jpg|webp|woff2|db|sqlite)$/

export function readRepository(folder = ''): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) return IGNORED.has(entry.name) || path === IGNORED_AT_ROOT ? [] : readRepository(path)
    if (!entry.isFile() || IGNORED_FILES.test(entry.name) || BINARY.test(entry.name)) return []
    return [{ path, text: readFileSync(join(ROOT, path), 'utf8') }]
  })
}
