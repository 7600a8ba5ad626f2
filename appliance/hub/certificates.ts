import { randomInt } from 'node:crypto'

/**
 * Numbers of certificates (수료증). Nobody can guess one, and one that was misread is none: they have no letters that look
 * like figures, and end with a sign that follows from the others.
 */

const signs = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const length = 11

/** One for each person, whether they come to need it or not. */
export function certificateNumbers(people: Iterable<string>): Record<string, string> {
	return Object.fromEntries([...people].map((person) => [person, newNumber()]))
}

/** As it is written: four, four and four. Null: this can be no number of ours. */
export function readNumber(text: string): string | null {
	const plain = text.toUpperCase().replace(/[^A-Z0-9]/g, '')
	if (plain.length !== length + 1 || [...plain].some((sign) => !signs.includes(sign))) return null
	return checkSign(plain.slice(0, length)) === plain.at(-1) ? written(plain) : null
}

function newNumber(): string {
	const plain = Array.from({ length }, () => signs[randomInt(signs.length)]).join('')
	return written(plain + checkSign(plain))
}

/** Weights differ from place to place, and the number of signs is prime: one wrong sign and two that changed places show. */
function checkSign(plain: string): string {
	const sum = [...plain].reduce((total, sign, i) => total + signs.indexOf(sign) * (i + 1), 0)
	return signs[sum % signs.length] ?? ''
}

function written(plain: string): string {
	return plain.replace(/(.{4})(?=.)/g, '$1-')
}
