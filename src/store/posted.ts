/** What was posted for staff, and where. */
import type { PostedMessage } from '../app/ports/staffroom.ts'
import type { PostedStore } from '../app/store-port.ts'
import { asList, type Driver, IN_LIST } from './driver.ts'

const OF_SUBJECTS = `SELECT * FROM posted WHERE subject ${IN_LIST} ORDER BY subject`
const IN_MESSAGE = 'SELECT * FROM posted WHERE channel = ? AND message = ? ORDER BY subject'
const SINCE = `SELECT * FROM posted WHERE at >= ?1 AND substr(subject, 1, length(?2)) = ?2 ORDER BY at, subject`
const PUT = `INSERT INTO posted (subject, channel, message, shown, at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (subject) DO UPDATE SET channel = excluded.channel, message = excluded.message, shown = excluded.shown,
    at = excluded.at`
const DROP = `DELETE FROM posted WHERE subject ${IN_LIST}`

export const createPostedStore = (driver: Driver): PostedStore => ({
  postedOf: async (subjects) =>
    subjects.length === 0 ? [] : driver.all<PostedMessage>(OF_SUBJECTS, [asList(subjects)]),
  postedIn: (channel, message) => driver.all<PostedMessage>(IN_MESSAGE, [channel, message]),
  postedSince: (prefix, since) => driver.all<PostedMessage>(SINCE, [since, prefix]),
  putPosted: (messages) =>
    driver.commit(() => ({
      outcome: undefined,
      writes: messages.map(({ subject, channel, message, shown, at }) => ({
        sql: PUT,
        params: [subject, channel, message, shown, at],
      })),
      guards: () => [],
    })),
  dropPosted: (subjects) =>
    driver.commit(() => ({
      outcome: undefined,
      writes: [{ sql: DROP, params: [asList(subjects)] }],
      guards: () => [],
    })),
})
