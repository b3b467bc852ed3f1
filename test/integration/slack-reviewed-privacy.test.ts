// What is kept and logged of what staff do in Slack: no address, telephone, code or note of anybody, and nothing of the forgotten.
import { DatabaseSync } from 'node:sqlite'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
