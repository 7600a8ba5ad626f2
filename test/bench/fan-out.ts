import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { openSite } from '../scene/appliance.ts'
import { call, type Member, openMember } from '../scene/member.ts'
import { percentile, until } from '../scene/wait.ts'
import { compare, type Figure, figure } from './figures.ts'

const people = 200
const voters = 80
const grants = 60
const warmUp = 10

/** Seconds on a core that this process has used. */
function cpu(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
	return (Number(fields[11]) + Number(fields[12])) / 100
}

/** The least program that tells two hundred sockets the same text when one of them says so. */
async function bare(bytes: number): Promise<number[]> {
	const program = spawn(process.execPath, [join(import.meta.dirname, 'bare-fan-out.ts'), String(bytes)], {
		stdio: ['pipe', 'pipe', 'inherit'],
	})
	const [port] = await once(program.stdout, 'data')
	const sockets = Array.from({ length: people }, () => new WebSocket(`ws://127.0.0.1:${String(port).trim()}`))
	await Promise.all(sockets.map((socket) => once(socket, 'open')))
	const figures: number[] = []
	for (let i = 0; i < grants + warmUp; i++) {
		const begun = performance.now()
		const all = sockets.map(async (socket) => {
			await once(socket, 'message')
			return performance.now() - begun
		})
		sockets[0]?.send('tell')
		const told = await Promise.all(all)
		if (i >= warmUp) figures.push(...told)
		await sleep(50)
	}
	for (const socket of sockets) socket.terminate()
	program.stdin.end()
	return figures
}

/** From the clerk's tap to the moment that each of the others has read who has the floor. */
async function tell(clerk: Member, members: readonly Member[], who: string): Promise<number[]> {
	const begun = performance.now()
	const told = members.map(
		(member) =>
			new Promise<number>((resolve) => {
				member.onMessage = (message) => {
					if (message.type !== 'core' || message.core.floor.speaking.at(-1)?.who !== who) return
					member.onMessage = null
					resolve(performance.now() - begun)
				}
			}),
	)
	await clerk.get({ type: 'floor.grant', who })
	return Promise.all(told)
}

/** Two hundred people on the signalling alone: how fast and how dear a change of state is, and a vote of eighty. */
export async function fanOut(port: number): Promise<Figure[]> {
	const site = await openSite({ addresses: [] }, port, { cameras: [] })
	try {
		const appliance = await site.start()
		const { origin } = appliance
		const admin = appliance.token('admin')
		const created = await call<{ id: string; links: Record<string, string> }>(origin, admin, 'POST', '/meetings', {
			title: '확대간부회의',
			kind: 'council',
		})
		await call(origin, admin, 'POST', `/meetings/${created.id}/open`)
		const token = (role: string) => new URL(created.links[role] ?? '').hash.slice(1)
		const clerk = await openMember({ origin, token: token('clerk'), name: '서기' })
		const members: Member[] = []
		for (let i = 0; i < people; i++) {
			members.push(await openMember({ origin, token: token('member'), name: `${i}번 국장` }))
		}
		await sleep(2_000)

		const figures: number[] = []
		let before = members.map(({ bytes }) => bytes)
		for (let i = 0; i < grants + warmUp; i++) {
			const told = await tell(clerk, members, members[i % people]?.person ?? '')
			if (i >= warmUp) figures.push(...told)
			if (i === warmUp - 1) before = members.map(({ bytes }) => bytes)
			await sleep(100)
		}
		const each = members.map(({ bytes }, i) => (bytes - (before[i] ?? 0)) / grants)

		const { vote } = await clerk.get<{ vote: string }>({ type: 'vote.open', title: '안건', kind: 'recorded' })
		await sleep(500)
		const [cpuBefore, begun] = [cpu(appliance.pid), performance.now()]
		await Promise.all(
			members.slice(0, voters).map(async (member, i) => {
				await sleep((i * 1000) / voters)
				await member.get({ type: 'vote.cast', vote, choice: i % 3 === 0 ? 'against' : 'for' })
			}),
		)
		await sleep(Math.max(0, 1_000 - (performance.now() - begun)))
		const busy = ((cpu(appliance.pid) - cpuBefore) / (performance.now() - begun)) * 100_000
		const closed = performance.now()
		const result = Promise.all(
			members.map((member) => until('the result', () => member.core.vote?.phase === 'closed', 5_000, 2)),
		)
		await clerk.get({ type: 'vote.close', vote })
		await result
		const resultMs = performance.now() - closed
		for (const member of [clerk, ...members]) member.close()

		const floor = await bare(Math.round(percentile(each, 0.5)))
		const against = 'bare ws broadcast'
		return [
			...compare(`floor told to ${people}`, figures, floor, against, {}),
			figure('told each, a grant', 'B', percentile(each, 0.95), 2_000, 'the promise', 1),
			figure('floor told to 200, p95', 'ms', percentile(figures, 0.95), 150, 'the promise', 1),
			figure('vote of 80 in a second', '% core', busy, 10, 'the promise', 1),
			figure('close → result at all 200', 'ms', resultMs, 500, 'the promise', 1),
		]
	} finally {
		await site.close()
	}
}
