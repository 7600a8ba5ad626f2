import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanName } from '../../appliance/documents/file-name.ts'

describe('The name of a file', () => {
	it.each([
		['국별 보고.pdf', '국별 보고.pdf'],
		['C:\\Users\\홍길동\\보고.hwp', '보고.hwp'],
		['../../etc/passwd', 'passwd'],
		['..', '문서'],
		['a/b/', '문서'],
		['.bashrc', 'bashrc'],
		['보고\r\nSet-Cookie: x=1.pdf', '보고 Set-Cookie: x=1.pdf'],
		// It would read 'reportfdp.exe' as 'reportexe.pdf'.
		['report\u202efdp.exe', 'report fdp.exe'],
		['a\u2028b\u0000c', 'a b c'],
		// As macOS sends it: taken apart.
		['한글.pdf'.normalize('NFD'), '한글.pdf'],
		['', '문서'],
	])('%j is shown as %j', (given, shown) => {
		expect(cleanName(given)).toBe(shown)
	})

	it('is shortened to 120 characters and keeps its ending', () => {
		const name = cleanName(`${'가'.repeat(300)}.pptx`)
		expect([...name]).toHaveLength(120)
		expect(name).toMatch(/^가+….pptx$/)
	})

	it('is one line without folders, whatever it is', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
				const name = cleanName(given)
				expect(name).toMatch(/^[^/\\\p{Cc}\p{Cf}]+$/u)
				expect([...name].length).toBeLessThanOrEqual(120)
				expect(name.isWellFormed()).toBe(true)
			}),
		)
	})
})
