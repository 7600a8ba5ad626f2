import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Links } from '../../../appliance/protocol/messages.ts'
import { call } from '../../scene/member.ts'
import { openPanel } from '../../scene/panel.ts'
import { type Guest, shell } from '../guest.ts'
import type { Machine } from '../machine.ts'
import { type Appliance, openAppliance, untilWell } from './appliance.ts'

/**
 * From power to a panel that can be used (its page is served and its socket tells the room's state), as a ratio to the same
 * machine without Maru (until it is at multi-user.target): the second boot after the installation and later ones. In seconds
 * it says nothing of a PC: where the processor is translated all of it takes many times as long, and what is compiled as it
 * runs (Node) more than what was compiled before (the kernel, systemd), so that the ratio is the worst that there is.
 *
 * MARU_BOOTS of each kind (2), in turn.
 */

const boots = Number(process.env.MARU_BOOTS ?? 2)
const bootMs = 2_400_000
const joinMs = 180_000
const without = ['maru.target', 'maru.service', 'maru-browser.socket'].map((unit) => `systemd.mask=${unit}`)

let folder: string
let appliance: Appliance
let token = ''
const bare: number[] = []
const panel: Booted[] = []

interface Booted {
	/** All in milliseconds since power. */
	multiUserMs: number
	/** systemd begins to start the service; the service says that it listens. */
	begunMs: number
	listensMs: number
	usableMs: number
	/** By systemd's own words: what takes the time, and in which chain. */
	told: string
}

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'maru-boot-'))
	appliance = await openAppliance(inject('disk'), join(folder, 'machine'), 1)
})

afterAll(async () => {
	await appliance?.close()
	rmSync(folder, { recursive: true, force: true })
})

/** When systemd noted this of a unit, since power. */
async function whenOf(guest: Guest, { onAt }: Machine, unit: string, property: string): Promise<number> {
	const said = await shell(guest, `cut -d' ' -f1 /proc/uptime; systemctl show ${unit} -p ${property} --value`)
	// What runs before the kernel's clock does counts as well.
	const elapsed = performance.now() - onAt
	const [uptime = '', at = ''] = said.trim().split('\n')
	return elapsed - Number(uptime) * 1_000 + Number(at) / 1_000
}

async function atMultiUser(guest: Guest, machine: Machine): Promise<number> {
	await shell(guest, 'until systemctl is-active -q multi-user.target; do sleep 1; done', bootMs)
	return whenOf(guest, machine, 'multi-user.target', 'ActiveEnterTimestampMonotonic')
}

async function bootBare(): Promise<void> {
	const { guest, machine, switchOff } = await appliance.switchOn(without)
	bare.push(await atMultiUser(guest, machine))
	await appliance.disk.cut(switchOff)
}

async function bootWhole(): Promise<Booted> {
	const { guest, machine, switchOff } = await appliance.switchOn()
	const usableMs = (await panelUsable()) - machine.onAt
	const chain = 'systemd-analyze critical-chain maru.service --no-pager || true'
	const blame = 'systemd-analyze blame --no-pager | head -12 || true'
	const booted = {
		multiUserMs: await atMultiUser(guest, machine),
		begunMs: await whenOf(guest, machine, 'maru.service', 'InactiveExitTimestampMonotonic'),
		listensMs: await whenOf(guest, machine, 'maru.service', 'ActiveEnterTimestampMonotonic'),
		usableMs,
		told: await shell(guest, `systemd-analyze || true; ${chain}; ${blame}`, bootMs),
	}
	await appliance.disk.cut(switchOff)
	return booted
}

async function panelUsable(): Promise<number> {
	for (const until = performance.now() + bootMs; performance.now() < until; await sleep(250)) {
		const page = await fetch(`${appliance.origin}/panel`, { signal: AbortSignal.timeout(30_000) }).catch(() => null)
		if (!page?.ok || !(await page.text()).includes('<html')) continue
		const socket = await openPanel(appliance.origin, token).catch(() => null)
		if (!socket) continue
		socket.close()
		return performance.now()
	}
	throw new Error('the panel never came')
}

function report() {
	const least = (values: readonly number[]) => Math.min(...values)
	const s = (ms: number) => (ms / 1_000).toFixed(1)
	const best = panel.toSorted((one, other) => one.usableMs - other.usableMs)[0]
	if (!best) throw new Error('nothing was measured')
	const text = [
		`# Boot to a usable panel, ${process.env.MARU_COMMIT ?? 'commit unknown'}`,
		`In a virtual machine, ${cpus().length} cores, ${new Date().toISOString()}. The least of ${boots} boots of each kind, in seconds since power.`,
		`Bare (without Maru, at multi-user.target): ${s(least(bare))} (${bare.map(s).join(', ')}).`,
		`Usable panel: ${s(best.usableMs)} (${panel.map(({ usableMs }) => s(usableMs)).join(', ')}). Ratio: ${(best.usableMs / least(bare)).toFixed(2)}.`,
		`Of this: the service is begun at ${s(best.begunMs)}, listens at ${s(best.listensMs)}; multi-user.target at ${s(best.multiUserMs)}.`,
		`\`\`\`\n${best.told.trim()}\n\`\`\``,
	].join('\n\n')
	console.log(text)
	const base = process.env.MARU_RESULT
	if (!base) return
	mkdirSync(dirname(base), { recursive: true })
	writeFileSync(`${base}-boot.md`, `${text}\n`)
}

describe('An installed appliance', () => {
	let on: Awaited<ReturnType<Appliance['switchOn']>>

	it(
		'boots to its panel by itself, and gives out tokens',
		async () => {
			on = await appliance.switchOn()
			const { guest } = on
			await untilWell(appliance.origin, guest)
			token = (await shell(guest, 'maru token create --role panel', 600_000)).trim()
			expect(token.split('.')).toHaveLength(3)
			const active = await shell(guest, 'systemctl is-active maru.target maru.service maru-browser.socket')
			expect(active.trim().split('\n')).toEqual(['active', 'active', 'active'])
			await panelUsable()
			await shell(guest, 'sync')
		},
		bootMs,
	)

	it(
		'joins a meeting by its stage',
		async (context) => {
			const { origin } = appliance
			if (on.machine.processor === 'translated') {
				context.skip('Chromium takes minutes to start on such a processor, and is given twenty seconds')
			}
			const admin = (await shell(on.guest, 'maru token create --role admin')).trim()
			const plan = { title: '확대간부회의', kind: 'council' }
			const { links } = await call<{ links: Links }>(origin, admin, 'POST', '/meetings', plan)
			const room = await openPanel(origin, token)
			await call(origin, token, 'POST', '/room/join', { link: links.room })
			await room.until('the room to be in', ({ call }) => call.phase === 'inCall', joinMs)
			room.close()
		},
		bootMs,
	)

	it(
		'has a panel that can be used soon after the bare machine would have been up',
		async () => {
			await appliance.disk.cut(on.switchOff)
			for (let n = 0; n < boots; n++) {
				await bootBare()
				panel.push(await bootWhole())
			}
			report()
			for (const { usableMs, begunMs, listensMs } of panel) {
				expect(listensMs).toBeGreaterThan(begunMs)
				expect(usableMs).toBeGreaterThan(begunMs)
				// On a translated processor it was 3 to 4; only what waits for something that never comes takes ten times.
				expect(usableMs / Math.min(...bare)).toBeLessThan(10)
			}
		},
		boots * 2 * bootMs,
	)
})
