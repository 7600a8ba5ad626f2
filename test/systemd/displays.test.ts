import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { judge, trials } from '../scene/wait.ts'
import { connectGuest, type Guest, shell } from '../vm/guest.ts'
import { beginService, openService, type Service, until } from '../vm/service.ts'

/** What a room's own displays show. There are none here: the compositor makes two of its own, and draws them into memory. */

let guest: Guest
let service: Service

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
	service = await openService(guest)
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

/** Both are shown, by a stage that draws and a page that answers. */
async function isWhole(): Promise<boolean> {
	const states = (await guest.run(['systemctl', 'is-active', 'maru-display', 'maru-panel'])).stdout
	if (states !== 'active\nactive\n' || !(await asWanted())) return false
	const { stage } = (await service.request('/room')) as { stage: { status: string } }
	return stage.status === 'ready'
}

/** Milliseconds on the clock that systemd has too: the container shares its kernel with us. */
const now = () => Number(process.hrtime.bigint() / 1_000_000n)
const property = async (unit: string, name: string) =>
	Number(await shell(guest, `systemctl show ${unit} -p ${name} --value`))

/** Strikes, and tells how long until systemd knew of it and until both are shown again. */
async function strike(unit: string, signal: string, who: string): Promise<{ noticed: number; back: number }> {
	const before = await property(unit, 'MainPID')
	const at = now()
	await shell(guest, `pkill -${signal} ${who}`)
	await until(async () => ![before, 0].includes(await property(unit, 'MainPID')), 'another is started', patienceMs)
	await until(isWhole, 'both are shown again', patienceMs)
	const back = now() - at
	return { noticed: (await property(unit, 'ActiveExitTimestampMonotonic')) / 1_000 - at, back }
}

const parts = [
	// Both browsers begin anew with it, and share the cores: it may take twice as long.
	{ part: 'the compositor', unit: 'maru-display', who: '-x sway', all: true },
	{ part: 'the panel’s browser', unit: 'maru-panel', who: '--oldest -x chromium -u maru-panel', all: false },
	{ part: 'the page of the panel', unit: 'maru-panel', who: '-f -u maru-panel -- --type=renderer', all: false },
]
/** By design.md §6, as of any Chromium. */
const ways = [
	{ way: 'killed', signal: 'KILL', noticedMs: 1_000, backMs: 5_000 },
	{ way: 'hung', signal: 'STOP', noticedMs: 3_000, backMs: 10_000 },
]
const blows = parts.flatMap((part) => ways.map((way) => ({ ...part, ...way })))

describe('Displays of the room’s PC', () => {
	it('show the stage on the first and the touch panel on the second, each over all of it', async () => {
		await until(isWhole, 'both are shown', patienceMs)
	})

	it.each(blows)('show both again when $part was $way', { timeout: trials * patienceMs }, async (blow) => {
		const { part, way, unit, signal, who, noticedMs } = blow
		const backMs = blow.backMs * (blow.all ? 2 : 1)
		const told = []
		for (let i = 0; i < trials; i++) told.push(await strike(unit, signal, who))
		const promised = [
			['noticed', noticedMs],
			['back', backMs],
		] as const
		for (const [what, promisedMs] of promised) {
			judge(
				`${part}, ${way}: ${what}`,
				told.map((one) => one[what]),
				promisedMs,
			)
		}
		const zombies = async () => Number(await shell(guest, 'ps -eo stat= | grep -c ^Z || true'))
		await until(async () => (await zombies()) === 0, 'nobody is left unread')
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
