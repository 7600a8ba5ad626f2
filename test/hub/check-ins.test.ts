import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { Refusal } from '../../appliance/protocol/errors.ts'
import type { Links } from '../../appliance/protocol/messages.ts'
import { openSite, panel, type Site } from './site.ts'

/** Checking in at the hall of a class: who is taken for whom. */

let site: Site
let links: Links
let id: string

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())
beforeEach(async () => {
	const created = await site.hub.create({ title: '개인정보 보호 교육', kind: 'class' })
	links = created.links
	id = created.id
	site.hub.transition(id, 'open', panel)
})

const phoneOf = (who: string) => Buffer.from(who.padEnd(18, '.')).toString('base64url').slice(0, 40)
const shown = () => new URL(site.hub.checkIns.code(id).link).hash.slice(1)
const scan = (who: string) => site.hub.checkIns.scan(shown(), phoneOf(who))
function come(who: string, said: { name?: string; person?: string }) {
	try {
		return site.hub.checkIns.come({ pass: scan(who).pass, phone: phoneOf(who), ...said })
	} catch (error) {
		return error instanceof Refusal ? error.code : error
	}
}
const roll = (...people: { name: string; bureau?: string; title?: string; role?: 'member' | 'chair' }[]) =>
	site.hub.act(
		id,
		{
			type: 'roll.enter',
			entries: people.map(({ name, bureau = '복지국', title = '', role = 'member' }, i) => {
				return { name, bureau, title, role, order: i + 1, email: null }
			}),
		},
		panel,
	)
const attendance = () => site.hub.lesson(id).trainees.map(({ name, way }) => [name, way])

it('Without a roll whoever comes gives a name, which stands in the attendance and is erased with them', async () => {
	expect(scan('kim')).toMatchObject({ meeting: id, title: '개인정보 보호 교육', rule: 'name', own: null })
	expect(come('kim', { name: ' 김철수 ' })).toEqual({ name: '김철수' })
	expect(come('lee', { name: '김철수' })).toEqual({ name: '김철수' })
	expect(come('kim', { name: '이영희' })).toBe('phone-used')
	expect(site.hub.checkIns.code(id).here).toBe(2)
	expect(scan('kim').own).toEqual({ name: '김철수', here: true })
	site.hub.checkIns.go(id, phoneOf('kim'))
	expect(scan('kim').own).toEqual({ name: '김철수', here: false })
	expect(come('kim', {})).toEqual({ name: '김철수' })
	expect(attendance()).toEqual([
		['김철수', 'hall'],
		['김철수', 'hall'],
	])
	// As a start of the service finds it.
	await site.restart()
	expect(attendance()).toHaveLength(2)
	const person = site.hub.lesson(id).trainees[0]?.id ?? ''
	site.hub.erase(id, person)
	expect(attendance()).toContainEqual([null, 'hall'])
	expect(JSON.stringify(site.hub.journal(id))).not.toContain('김철수')
})

it('With a roll one is of it: however the name is typed, and by department where two have it', () => {
	roll({ name: '김 철수' }, { name: '이영희', bureau: '복지국' }, { name: '이영희', bureau: '세무과', title: '주무관' })
	expect(scan('kim').rule).toBe('roll')
	expect(come('kim', { name: '김철수'.normalize('NFD') })).toEqual({ name: '김 철수' })
	expect(come('park', { name: '박민정' })).toBe('no-person')
	const which = come('lee', { name: '이영희' }) as { choices: { person: string; bureau: string }[] }
	expect(which.choices.map(({ bureau }) => bureau)).toEqual(['복지국', '세무과'])
	const person = which.choices[1]?.person ?? ''
	// Not by a name that is not theirs.
	expect(come('lee', { name: '김철수', person })).toBe('no-person')
	expect(come('lee', { name: '이영희', person })).toEqual({ name: '이영희' })
	expect(come('other', { name: '이영희', person })).toBe('elsewhere')
	expect(site.hub.lesson(id).trainees.find(({ name }) => name === '이영희')).toMatchObject({ bureau: '세무과' })
})

it('A link of one’s own tells who one is; where the door is locked nothing else does', async () => {
	const client = await site.client(links.chair)
	await client.join({ name: '강사', media: false })
	await client.get({ type: 'rules.set', lobby: 'locked' })
	expect(scan('kim').rule).toBe('link')
	expect(come('kim', { name: '김철수' })).toBe('not-allowed')
	const by = async (link: string) => {
		const principal = await site.identity.verify(new URL(link).hash.slice(1))
		try {
			return site.hub.checkIns.come({ pass: scan('kim').pass, phone: phoneOf('kim'), by: principal })
		} catch (error) {
			return error instanceof Refusal ? error.code : error
		}
	}
	expect(await by(links.member)).toBe('not-allowed')
	const elsewhere = await site.hub.create({ title: '다른 교육', kind: 'class' })
	const stranger = await site.hub.invite(elsewhere.id, { role: 'member', name: '김철수' })
	expect(await by(stranger.link)).toBe('not-allowed')
	const own = await site.hub.invite(id, { role: 'member', name: '김철수' })
	expect(await by(own.link)).toEqual({ name: '김철수' })
	expect(site.hub.lesson(id).trainees).toMatchObject([{ id: own.person, way: 'hall' }])
	// By PC too they are the same one.
	await client.get({ type: 'rules.set', lobby: 'off' })
	const page = await site.client(own.link)
	await page.join({ media: false })
	expect(attendance()).toEqual([['김철수', 'both']])
})

it('What was read before the service started again is read anew', async () => {
	const before = shown()
	await site.restart()
	expect(() => site.hub.checkIns.scan(before, phoneOf('kim'))).toThrow(expect.objectContaining({ code: 'forged' }))
	expect(scan('kim')).toMatchObject({ own: null })
})
