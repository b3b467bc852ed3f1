// Signed events as Stripe would send them, for whoever tries the server out.
export {
  makeTestPayment,
  makeTestRefund,
  signPayload,
  type TestEvent,
  type TestPaymentOptions,
} from '../../integrations/stripe/test-event.ts'
