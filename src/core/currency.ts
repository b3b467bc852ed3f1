// Currencies as Stripe counts them. The list is written out because workerd need not know Intl.supportedValuesOf.
// Source: https://docs.stripe.com/currencies (minor units, special cases); codes: ISO 4217, those in circulation.

const CODES = `
aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf clp
cny cop crc cup cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd hkd hnl htg huf idr
ils inr iqd irr isk jmd jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd lsl lyd mad mdl mga mkd mmk mnt
mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd
scr sdg sek sgd shp sle sos srd ssp stn svc syp szl thb tjs tmt tnd top try ttd twd tzs uah ugx usd uyu uzs ved ves
vnd vuv wst xaf xcd xcg xof xpf yer zar zmw zwg`

const KNOWN: ReadonlySet<string> = new Set(CODES.trim().split(/\s+/))
const ZERO_DECIMAL: ReadonlySet<string> = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '),
)
const THREE_DECIMAL: ReadonlySet<string> = new Set('bhd jod kwd omr tnd'.split(' '))
/** They have no cents any more, but Stripe still counts their amounts in hundredths. */
const WHOLE_IN_HUNDREDTHS: ReadonlySet<string> = new Set(['isk', 'ugx'])

/** Whether `code`, in upper or lower case, is a currency in circulation (ISO 4217). */
export function isCurrency(code: string): boolean {
  return KNOWN.has(code.toLowerCase())
}

/**
 * The number of decimals of an amount in Stripe's API: 0, 2 or 3. `minor = major × 10 ** exponent`.
 * Any three letters are answered; those not known have two.
 */
export function currencyExponent(currency: string): number {
  const code = currency.toLowerCase()
  if (ZERO_DECIMAL.has(code)) return 0
  return THREE_DECIMAL.has(code) ? 3 : 2
}

/** Places an amount of this currency may be written with: as its exponent, but none where there are no cents. */
export function currencyPlaces(currency: string): number {
  return WHOLE_IN_HUNDREDTHS.has(currency.toLowerCase()) ? 0 : currencyExponent(currency)
}

export const CURRENCIES: readonly string[] = [...KNOWN]
