// The environment, read once and said back in full when something is wrong with it: every variable at once, by name,
// with what would be right. A value that may be a secret is never repeated.
import { z } from 'zod'
import { type ApiKeyList, parseApiKeys } from './config-api-keys.ts'
