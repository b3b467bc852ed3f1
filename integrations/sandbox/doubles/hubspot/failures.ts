/** HubSpot's answers when it does not do what it was asked, in the shapes that it gives them. */

export interface Failure {
  status: number
  body: Record<string, unknown>
}

const CORRELATION = 'aeb5f871-7f07-4993-9211-075dc63e7cbf'

export const failure = (status: number, category: string, message: string, over: object = {}): Failure => ({
  status,
  body: { status: 'error', message, correlationId: CORRELATION, category, ...over },
})

export interface InvalidValue {
  isValid: false
  message: string
  error: string
  name: string
}

/** What is wrong is in the message, as JSON: HubSpot names property and error nowhere else. */
export const invalidValues = (values: readonly InvalidValue[]): Failure =>
  failure(400, 'VALIDATION_ERROR', `Property values were not valid: ${JSON.stringify(values)}`)

export const alreadyExists = (id: string): Failure =>
  failure(409, 'CONFLICT', `Contact already exists. Existing ID: ${id}`)

export const notUnique = (
  coordinates: { portalId: number; property: string; value: string },
  of: string,
  other: string,
) =>
  failure(
    400,
    'VALIDATION_ERROR',
    `Cannot set PropertyValueCoordinates{portalId=${coordinates.portalId}, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, propertyName=${coordinates.property}, value=${coordinates.value}} on ${of}. ${other} already has that value.`,
  )

export const notFound = (): Failure => failure(404, 'OBJECT_NOT_FOUND', 'Object not found.')

/** One error of a batch that went through in part. */
export const missingIn = (ids: readonly string[], idProperty: string | null) => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: 'Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.',
  context: { ids, ...(idProperty !== null && { idProperty: [idProperty] }) },
})

export const unauthorized = (): Failure =>
  failure(
    401,
    'INVALID_AUTHENTICATION',
    'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
  )

export const missingScopes = (scopes: readonly string[]): Failure =>
  failure(
    403,
    'MISSING_SCOPES',
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: https://developers.hubspot.com/scopes.",
    {
      errors: [
        { message: 'One or more of the following scopes are required.', context: { requiredGranularScopes: scopes } },
      ],
    },
  )

export type LimitPolicy = 'TEN_SECONDLY_ROLLING' | 'DAILY'

export const tooMany = (policy: LimitPolicy): Failure => ({
  status: 429,
  body: {
    status: 'error',
    message:
      policy === 'DAILY' ? 'You have reached your daily limit.' : 'You have reached your ten_secondly_rolling limit.',
    errorType: 'RATE_LIMIT',
    correlationId: CORRELATION,
    policyName: policy,
  },
})

export const locked = (): Failure => failure(423, 'LOCKED', 'The resource is locked. Try again in two seconds or more.')
