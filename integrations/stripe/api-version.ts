// On its own, so that making a test event does not load the SDK.

/** The API version that stripe 23 asks in; a test holds it to the SDK's. */
export const STRIPE_API_VERSION = '2026-10-28.endive'
