/** What a password of an account may be. The page says it while it is typed, and the appliance once more. Pure. */

/** NIST SP 800-63B-4, 3.1.1.2: what is the only thing asked for has 15 letters or more. No other rule of composition. */
export const fewestLetters = 15
export const mostLetters = 128

/** 'made': it looks like those that the machine makes, which are looked at in another way. */
export type Weakness = 'short' | 'long' | 'name' | 'pattern' | 'made'

/**
 * Two that look the same are the same: an input method may compose letters in its own way (as SP 800-63B-4 asks). What a
 * Korean keyboard in the wrong state typed stays something else.
 */
export const plainPassword = (password: string) => password.normalize('NFKC')

/** Null: it may be used. */
export function weaknessOf(password: string, name: string): Weakness | null {
	const plain = plainPassword(password)
	const letters = [...plain.toLowerCase()]
	if (letters.length < fewestLetters) return 'short'
	if (letters.length > mostLetters) return 'long'
	if (isMachineMade(plain)) return 'made'
	const rest = without(letters.join(''), name === '' ? [] : [name.toLowerCase()])
	if (rest.length < fewestLetters && rest.length < letters.length) return 'name'
	return isPattern(letters) ? 'pattern' : null
}

/** Without those that are mistaken for one another. */
export const machineLetters = '23456789abcdefghjkmnpqrstuvwxyz'
const machineMade = new RegExp(`^[${machineLetters}]{5}(-[${machineLetters}]{5}){3}$`)

/** Four times five letters, as only the machine makes them: 31²⁰ of them, or 99 bits. */
export const isMachineMade = (password: string) => machineMade.test(password)

const rows = [
	...['qwertyuiop', 'asdfghjkl', 'zxcvbnm', '1234567890', 'abcdefghijklmnopqrstuvwxyz'],
	...[
		'1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
		'1q2w3e4r5t6y7u8i9o0p',
		'ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ',
		'ㅁㄴㅇㄹㅎㅗㅓㅏㅣ',
		'가나다라마바사아자차카타파하',
	],
]
const words = ['password', 'passw0rd', 'welcome', 'iloveyou', 'letmein', 'admin', 'maru', '비밀번호', '의정부', '마루']

/** What lists of guesses begin with: few letters, the same again and again, along the keyboard, or such words. */
function isPattern(letters: readonly string[]): boolean {
	if (new Set(letters).size < 6) return true
	const text = letters.join('')
	const [block] = /^(.+?)\1+/u.exec(text) ?? []
	if (block !== undefined && block.length > letters.length / 2) return true
	const along = letters.filter((letter, i) => i > 0 && follows(letters[i - 1] ?? '', letter)).length
	return along > letters.length / 2 || without(text, words).length < 8
}

function follows(one: string, next: string): boolean {
	return one === next || rows.some((row) => row.includes(one + next) || row.includes(next + one))
}

function without(text: string, parts: readonly string[]): string {
	return parts.reduce((rest, part) => rest.replaceAll(part, ''), text)
}
