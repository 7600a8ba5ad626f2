import { afterAll, beforeAll, expect, it } from 'vitest'
import { openSite, type Site } from './site.ts'

let site: Site
beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())

const path = '/api/v1/meetings/m1/class'
const trainee = (person: string) => site.identity.issue({ role: 'member', meeting: 'm1', person })

it('A certificate is given to the one whose it is and to those who run the class, under its number', async () => {
	const token = await trainee('kim')
	for (const name of ['own', 'kim']) {
		const response = await site.fetch('GET', `${path}/certificates/${name}.pdf`, { token })
		expect(response.headers.get('content-disposition')).toBe('attachment; filename="certificate-AAAA-BBBB-CCCC.pdf"')
		expect(await response.text()).toMatch(/^%PDF/)
	}
	expect((await site.fetch('GET', `${path}/certificates/lee.pdf`, { token })).status).toBe(403)
	const shared = await site.token('member')
	expect((await site.fetch('GET', `${path}/certificates/own.pdf`, { token: shared })).status).toBe(403)
	const chair = await site.token('chair')
	expect((await site.fetch('GET', `${path}/certificates/lee.pdf`, { token: chair })).status).toBe(200)
})

it('A certificate is found by its number, by the house alone', async () => {
	const token = await site.token('admin')
	const found = await site.fetch('GET', '/api/v1/certificates/AAAA-BBBB-CCCC', { token })
	expect(await found.json()).toMatchObject({ name: '김철수', title: '개인정보 보호 교육' })
	expect((await site.fetch('GET', '/api/v1/certificates/AAAA-BBBB-CCCD', { token })).status).toBe(404)
})

it('Attendance is a file for a spreadsheet, in which nothing is a formula', async () => {
	const response = await site.fetch('GET', `${path}/attendance.csv?language=ko`, { token: await site.token('clerk') })
	expect(response.headers.get('content-disposition')).toBe('attachment; filename="class-m1.csv"')
	const [head, row] = (await response.text()).split('\r\n')
	expect(head).toContain('출석률(%)')
	expect(row).toContain("'=주무관,김철수,kim,교육 참여")
	expect(row).toContain('3600,100,2,2,1,1,100,수료,AAAA-BBBB-CCCC')
})
