import { describe, expect, it } from 'vitest'
import { parseRoll } from '../../appliance/hub/roll-csv.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (text: string, known: Parameters<typeof parseRoll>[1] = []) => parseRoll(bytes(text), known)
const mayor = { name: '김동근', title: '시장', bureau: '', role: 'chair', order: 1, email: null }

describe('A roll from a spreadsheet', () => {
	it.each([
		['commas', '이름,직위,국,역할\n김동근,시장,,의장\n'],
		['semicolons', '이름;직위;국;역할\n김동근;시장;;의장\n'],
		['tabs', '이름\t직위\t국\t역할\r\n김동근\t시장\t\t의장\r\n'],
		['a byte order mark', '\ufeff이름,직위,국,역할\n김동근,시장,,의장\n'],
		['English headings', 'Name,Title,Bureau,Role\n김동근,시장,,chair\n'],
		['quotes and blanks', '"이름", 직위 ,국,역할\n" 김동근 ","시장",,"의장"\n\n'],
		['columns of no use to us', '비고,이름,직위,역할\nx,김동근,시장,의장\n'],
	])('may have %s', (_, text) => {
		expect(read(text)).toEqual({ entries: [mayor], faults: [] })
	})

	it('may be in EUC-KR, as spreadsheets here still write it', () => {
		// '이름\n김\n' in EUC-KR.
		const eucKr = Uint8Array.of(0xc0, 0xcc, 0xb8, 0xa7, 0x0a, 0xb1, 0xe8, 0x0a)
		expect(parseRoll(eucKr, []).entries).toMatchObject([{ name: '김', role: 'member', order: 1 }])
	})

	it('changes those who are there already, by mail or by name and bureau, and adds nobody twice', () => {
		const known = [
			{ id: 'p1', name: '박', bureau: '도시국', email: null },
			{ id: 'p2', name: '이', bureau: '환경국', email: 'lee@city.example' },
		]
		const { entries } = read('이름,국,이메일\n박,도시국,\n이순,복지국,LEE@city.example\n최,,\n', known)
		expect(entries.map(({ id, name }) => [id, name])).toEqual([
			['p1', '박'],
			['p2', '이순'],
			[undefined, '최'],
		])
	})

	it.each([
		['no headings', 'a,b\nc,d\n', [{ line: 1, code: 'no-headings' }]],
		['nobody', '이름,직위\n', [{ line: 1, code: 'empty' }]],
		['a line without a name', '이름,국\n김,a\n,b\n', [{ line: 3, code: 'no-name' }]],
		['a role that is none', '이름,역할\n김,대왕\n', [{ line: 2, code: 'role' }]],
		['an order that is no number', '이름,순서\n김,첫째\n', [{ line: 2, code: 'number' }]],
		['a priority beyond five', '이름,우선순위\n김,9\n', [{ line: 2, code: 'length' }]],
		['a name of a hundred letters', `이름\n${'가'.repeat(100)}\n`, [{ line: 2, code: 'length' }]],
		['the same person twice', '이름,국\n김,a\n김,a\n', [{ line: 3, code: 'twice' }]],
		[
			'two faults at once',
			'이름,역할\n,의장\n김,대왕\n',
			[
				{ line: 2, code: 'no-name' },
				{ line: 3, code: 'role' },
			],
		],
		['a quote that never ends', '이름\n"김\n박\n', [{ code: 'csv' }]],
	])('with %s is refused line by line, and nobody of it is taken', (_, text, faults) => {
		const read = parseRoll(bytes(text), [])
		expect(read.entries).toEqual([])
		expect(read.faults).toMatchObject(faults)
	})
})
