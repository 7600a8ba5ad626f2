/** The code that a visit to the counter is entered by. */

/**
 * So many that no wait has to be laid on a visit itself, by which strangers could keep its visitor out: all tries of a
 * thousand networks together (identity/lockout.ts) are a chance of 1 in 20,000 a day.
 */
export const codeDigits = 9

/** As people read it: 123 456 789. */
export const inThrees = (code: string) => code.replace(/\d{3}(?=\d)/g, '$& ')
