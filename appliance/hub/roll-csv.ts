import { parse } from 'csv-parse/sync'
import { Value } from 'typebox/value'
import { meetingCommands, type RollEntry } from '../protocol/meeting-commands.ts'

/**
 * A roll as a spreadsheet saves it: one person a line under a line of headings, in Korean or English. Spreadsheets in
 * Korea still write EUC-KR (CP949) where nobody asks for UTF-8, and semicolons or tabs where the system says so.
 */

export interface RollFault {
	/** Counted as the spreadsheet does, the headings being line 1. */
	line: number
	code: 'no-headings' | 'no-name' | 'role' | 'number' | 'length' | 'twice' | 'empty' | 'csv'
	message: string
}

const headings: Record<string, readonly string[]> = {
	name: ['이름', '성명', 'name'],
	title: ['직위', '직책', '직함', 'title', 'position'],
	bureau: ['국', '부서', '소속', '실국', 'bureau', 'department'],
	role: ['역할', '구분', 'role'],
	email: ['이메일', '전자우편', '메일', 'email', 'e-mail', 'mail'],
	order: ['순서', '서열', '번호', 'order', 'no', 'no.'],
	priority: ['우선순위', 'priority'],
	weight: ['가중치', '표수', 'weight'],
	seat: ['좌석', '자리', 'seat'],
}

const roles: Record<string, RollEntry['role']> = {
	'': 'member',
	의장: 'chair',
	위원장: 'chair',
	시장: 'chair',
	chair: 'chair',
	사무국: 'clerk',
	간사: 'clerk',
	서기: 'clerk',
	clerk: 'clerk',
	위원: 'member',
	의원: 'member',
	참석: 'member',
	참석자: 'member',
	member: 'member',
	배석: 'observer',
	참관: 'observer',
	방청: 'observer',
	observer: 'observer',
}

/** Known people of the roll, so that a second import changes them and adds nobody twice. */
export interface KnownPerson {
	id: string
	name: string
	bureau: string
	email: string | null
}

/** Either all of it, or every fault with its line. Pure. */
export function parseRoll(
	bytes: Uint8Array,
	known: readonly KnownPerson[],
): { entries: RollEntry[]; faults: RollFault[] } {
	let rows: string[][]
	try {
		rows = parse(textOf(bytes), {
			delimiter: [',', ';', '\t'],
			relax_column_count: true,
			skip_empty_lines: false,
			trim: true,
			to: 1001,
		})
	} catch (error) {
		const line = Number((error as { lines?: number }).lines ?? 1)
		return { entries: [], faults: [{ line, code: 'csv', message: (error as Error).message }] }
	}
	rows = rows.map((row) => row.map((cell) => cell.trim()))
	const columns = (rows[0] ?? []).map(fieldOf)
	if (!columns.includes('name')) {
		const message = 'the first line must name the columns: name (이름), title, bureau, role, email, order, seat'
		return { entries: [], faults: [{ line: 1, code: 'no-headings', message }] }
	}
	const faults: RollFault[] = []
	const entries: RollEntry[] = []
	const taken = new Set<string>()
	rows.slice(1).forEach((row, i) => {
		if (row.every((cell) => cell === '')) return
		const line = i + 2
		const fields = Object.fromEntries(columns.flatMap((column, at) => (column ? [[column, row[at] ?? '']] : [])))
		const entry = entryOf(fields, line, i + 1, faults)
		if (!entry) return
		const match = known.find((one) => isSame(one, entry) && !taken.has(one.id))
		if (entries.some((other) => isSame(other, entry))) {
			faults.push({ line, code: 'twice', message: `${entry.name} of ${entry.bureau || '—'} stands here twice` })
			return
		}
		if (match) taken.add(match.id)
		entries.push(match ? { ...entry, id: match.id } : entry)
	})
	if (entries.length === 0 && faults.length === 0)
		faults.push({ line: 1, code: 'empty', message: 'there is nobody in it' })
	return faults.length > 0 ? { entries: [], faults } : { entries, faults }
}

function entryOf(fields: Record<string, string>, line: number, place: number, faults: RollFault[]): RollEntry | null {
	const before = faults.length
	const { name = '', title = '', bureau = '', email = '', seat = '' } = fields
	if (name === '') faults.push({ line, code: 'no-name', message: 'a name is missing' })
	const role = roles[(fields.role ?? '').toLowerCase()]
	if (!role) faults.push({ line, code: 'role', message: `there is no role '${fields.role}'` })
	const number = (key: 'order' | 'priority' | 'weight') => {
		const text = fields[key] ?? ''
		if (text === '') return undefined
		if (!/^\d{1,6}$/.test(text)) faults.push({ line, code: 'number', message: `${key} is not a number: '${text}'` })
		return Number(text)
	}
	const order = number('order') ?? place
	const [priority, weight] = [number('priority'), number('weight')]
	if (!role || faults.length > before) return null
	const entry: RollEntry = {
		name,
		title,
		bureau,
		role,
		order,
		email: email === '' ? null : email,
		...(priority === undefined ? {} : { priority }),
		...(weight === undefined ? {} : { weight }),
		...(seat === '' ? {} : { seat }),
	}
	const schema = meetingCommands['roll.enter'].body.properties.entries.items
	const [fault] = Value.Errors(schema, entry)
	if (!fault) return entry
	faults.push({ line, code: 'length', message: `${fault.instancePath.slice(1)} ${fault.message}` })
	return null
}

function isSame(a: { name: string; bureau: string; email: string | null }, b: typeof a): boolean {
	if (a.email !== null && b.email !== null) return a.email.toLowerCase() === b.email.toLowerCase()
	return a.name === b.name && a.bureau === b.bureau
}

function fieldOf(heading: string): string | null {
	const plain = heading.replace(/\s+/g, '').toLowerCase()
	return Object.entries(headings).find(([, names]) => names.includes(plain))?.[0] ?? null
}

function textOf(bytes: Uint8Array): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
	} catch {
		return new TextDecoder('euc-kr').decode(bytes)
	}
}
