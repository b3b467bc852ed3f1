// The two ways in which a command ends otherwise than it was asked to; anything else that is thrown is a bug or the
// machine's doing.

/** It could not be done. Exit code 1. */
export class Failure extends Error {
  override name = 'Failure'
}

/** It was asked for in a way that makes no sense. Exit code 2, with the usage line. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const FILE_REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'you may not do that there',
  EPERM: 'you may not do that there',
  EISDIR: 'it is a folder',
  ENOTDIR: 'its folder is a file',
  EEXIST: 'it exists already',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk cannot be written to',
}

/** What went wrong, for a person; never a stack. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'Something went wrong that says nothing about itself.'
  if (isStripeError(error)) return describeStripe(error)
  if ('code' in error && 'path' in error && typeof error.code === 'string') {
    return `${String(error.path)}: ${FILE_REASONS[error.code] ?? error.message}.`
  }
  return error.message
}

interface StripeErrorLike extends Error {
  statusCode?: number
}

/** The SDK's errors, told by their type: the command line does not load the SDK to know them. */
const isStripeError = (error: Error): error is StripeErrorLike =>
  'type' in error && typeof error.type === 'string' && error.type.startsWith('Stripe')

function describeStripe({ statusCode, message }: StripeErrorLike): string {
  if (statusCode === undefined) return 'Stripe does not answer. Look at status.stripe.com, then try again.'
  if (statusCode === 401) return 'Stripe does not accept the key: check STRIPE_SECRET_KEY.'
  return `Stripe answers ${statusCode}: ${message}`
}
