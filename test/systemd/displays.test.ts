import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connectGuest, type Guest, shell } from '../vm/guest.ts'
import { beginService, openService, until } from '../vm/service.ts'

/** What a room's own displays show. There are none here: the compositor makes two of its own, and draws them into memory. */

let guest: Guest

/** Neither a terminal nor a session of logind's: there is no display that they could be for. */
const unseen = `[Unit]
ConditionPathExists=
[Service]
PAMName=
TTYPath=
TTYReset=no
TTYVHangup=no
TTYVTDisallocate=no
StandardInput=null
Environment=WLR_BACKENDS=headless WLR_RENDERER=pixman WLR_HEADLESS_OUTPUTS=2 WLR_LIBINPUT_NO_DEVICES=1
`
const folders = ['maru-display', 'maru-panel'].map((unit) => `/run/systemd/system/${unit}.service.d`)
const patienceMs = 120_000

beforeAll(async () => {
	guest = await connectGuest(inject('guest'))
	await shell(guest, `mkdir -p ${folders.join(' ')}`)
	const write = (path: string, input: string) => guest.run(['tee', path], { input })
	await write(`${folders[0]}/unseen.conf`, unseen)
	await write(`${folders[1]}/unseen.conf`, '[Unit]\nConditionPathExists=\n')
	await shell(guest, 'systemctl daemon-reload')
	await beginService(guest, { stage: { devices: 'virtual', display: 'kiosk' } })
	await shell(guest, 'systemctl start --no-block maru-display maru-panel')
	await openService(guest)
})
afterAll(async () => {
	await shell(guest, `systemctl stop maru-panel maru-display maru; rm -r ${folders.join(' ')}; systemctl daemon-reload`)
	guest.close()
})

/** Of sway's tree (sway-ipc(7)). */
interface Node {
	type: string
	name: string | null
	app_id?: string | null
	fullscreen_mode?: number
	nodes?: Node[]
	floating_nodes?: Node[]
}

const below = (node: Node): Node[] => [node, ...[...(node.nodes ?? []), ...(node.floating_nodes ?? [])].flatMap(below)]

/** By display: whose window fills it. */
async function shown(): Promise<Record<string, string[]>> {
	const socket = '/proc/$(systemctl show maru-display -p MainPID --value)/root/tmp/orders'
	const { code, stdout } = await guest.run(['sh', '-c', `swaymsg --raw -s ${socket} -t get_tree`])
	if (code !== 0) return {}
	const outputs = below(JSON.parse(stdout) as Node).filter(({ type, name }) => type === 'output' && name !== '__i3')
	return Object.fromEntries(
		outputs.map((output) => {
			const full = below(output).filter((one) => one.app_id && one.fullscreen_mode === 1)
			return [output.name ?? '', full.map((one) => one.app_id ?? '')]
		}),
	)
}
const both = { 'HEADLESS-1': ['maru-stage'], 'HEADLESS-2': ['maru-panel'] }
const asWanted = async () => JSON.stringify(await shown()) === JSON.stringify(both)

describe('Displays of the room’s PC', () => {
	it('show the stage on the first and the touch panel on the second, each over all of it', async () => {
		await until(asWanted, 'both are shown', patienceMs)
	})

	it('show the panel again when its browser was killed', async () => {
		const pid = async () => (await shell(guest, 'systemctl show maru-panel -p MainPID --value')).trim()
		const killed = await pid()
		await shell(guest, `kill -KILL ${killed}`)
		await until(async () => ![killed, '0'].includes(await pid()), 'another is started', patienceMs)
		await until(asWanted, 'both are shown again', patienceMs)
	})

	it('let the panel’s user see nothing of the room’s, and give nobody’s orders to the compositor', async () => {
		const may = async (user: string, path: string) => {
			const look = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', 'ls', path]
			return (await guest.run(look)).code === 0
		}
		expect(await may('maru', '/var/lib/maru')).toBe(true)
		for (const user of ['maru-panel', 'maru-stage', 'maru-display']) {
			expect(await may(user, '/var/lib/maru'), user).toBe(false)
		}
		const orders = (await shell(guest, 'find /run/maru-display -type s -printf "%f\n"')).trim()
		expect(orders).toBe('wayland-1')
	})
})
