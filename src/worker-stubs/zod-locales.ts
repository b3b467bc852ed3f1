// Stands in for zod's list of fifty languages (wrangler.toml, [alias]), which esbuild cannot leave out by itself: it has the
// one that zod speaks unless told otherwise. Whoever names another is warned when the Worker is bundled.
export { default as en } from 'zod/v4/locales/en.js'
