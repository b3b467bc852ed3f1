/** The package has no types; `optimise.ts` says what it uses of it. */
declare module 'fmin'
