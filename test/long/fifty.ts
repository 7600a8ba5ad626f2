/** Fifty trials each, as the promises are stated; `npm test` plays three. Imported before the scene that counts them. */
process.env.MARU_TRIALS ??= '50'
