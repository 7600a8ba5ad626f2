/** Globs of what `npm run test:long` plays instead of `npm test`. */
export const lengthyTests: string[]
