import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { units } from '../../systemd/deb/units.ts'
import { connectGuest, type Guest, shell } from '../vm/guest.ts'
import { beginService, openService, type Service, until } from '../vm/service.ts'

/** The unit under a real systemd: what it allows, how the service comes up, ends, and comes back. */

let guest: Guest
let service: Service

beforeAll(async () => {
	guest = await connectGuest(inject('guest'))
	// WebRTC takes no way over a machine's own loopback: it gets a network with nobody in it.
	await shell(
		guest,
		`ip link show lan >/dev/null 2>&1 || ip link add lan type veth peer name wall
		for end in lan wall; do ip link set $end up; done
		ip addr replace 192.0.2.10/24 dev lan; ip route replace default via 192.0.2.1 dev lan`,
	)
	await beginService(guest, { stage: { devices: 'virtual' } })
	service = await openService(guest)
})
afterAll(() => guest.close())

/** For browsers, on a machine that has much else to do. */
const patienceMs = 120_000
const instance = (unit: string) => unit.replace('@.', '@1.')
const show = async (field: string) => (await shell(guest, `systemctl show maru -p ${field} --value`)).trim()

describe('maru.service', () => {
	it('is understood by systemd to the last key, like all that come with it', async () => {
		// It ends with 0 also where it does not know a key; it says so.
		const { stdout, stderr } = await guest.run(['systemd-analyze', 'verify', 'maru.target', ...units.map(instance)])
		expect(stdout + stderr).toBe('')
	})

	it('is what systemd waits for until it can be reached, and what it is told by', async () => {
		expect(await show('StatusText')).toMatch(/^running/)
		const named = await shell(guest, 'systemctl list-dependencies --plain maru.target')
		for (const unit of ['maru.service', 'maru-browser.socket', 'maru-backup.timer']) expect(named).toContain(unit)
	})

	it('has browsers of another user’s, each in a unit of its own', async () => {
		const browsers = () => shell(guest, "systemctl list-units 'maru-browser@*' --no-legend --state=running")
		await until(async () => (await browsers()).trim() !== '', 'the stage’s browser runs')
		const commands = await shell(guest, 'ps -u maru-stage -o args --no-headers')
		expect(commands).toContain('chromium')
		expect((await guest.run(['pgrep', '-u', 'maru', '-f', 'chromium'])).stdout).toBe('')
		const refused = 'setpriv --reuid nobody --clear-groups curl -sS --unix-socket /run/maru-browser.socket http://x/'
		expect((await guest.run(['sh', '-c', refused])).code).not.toBe(0)
	})

	it('joins a meeting with a page in such a browser, and with another where that one was killed', async () => {
		const room = async () => (await service.request('/room')) as { call: { phase: string }; stage: { status: string } }
		const inCall = async () => (await room()).call.phase === 'inCall'
		const token = (await shell(guest, 'maru token create --role admin')).trim()
		const meeting = `curl -sS -f -H 'authorization: Bearer ${token}' -H 'content-type: application/json' \
			-d '{"title":"확대간부회의","kind":"council"}' http://127.0.0.1:8080/api/v1/meetings`
		const { links } = JSON.parse(await shell(guest, meeting)) as { links: { room: string } }
		await service.request('/room/join', { link: links.room })
		await until(inCall, 'the room is in the call', patienceMs)
		const browser = async () => (await shell(guest, 'pgrep -o -u maru-stage -x chromium')).trim()
		const killed = await browser()
		await shell(guest, `kill -KILL ${killed}`)
		await until(async () => !(await inCall()), 'its absence is noticed', patienceMs)
		await until(inCall, 'another has taken its place', patienceMs)
		expect(await browser()).not.toBe(killed)
		await service.request('/room/leave', {})
	})

	it('runs the service as its own user, who may not write where it need not', async () => {
		const uid = (await shell(guest, 'id -u maru')).trim()
		expect(await shell(guest, `stat -c %u /proc/${service.pid}`)).toBe(`${uid}\n`)
		const within = `nsenter -t ${service.pid} --mount -- setpriv --reuid maru --regid maru --clear-groups`
		for (const folder of ['/etc', '/opt/maru', '/usr', '/var']) {
			expect((await guest.run(['sh', '-c', `${within} touch ${folder}/x`])).code, folder).not.toBe(0)
		}
		await shell(guest, `${within} touch /var/lib/maru/x`)
	})

	it('brings the service back when it was killed, and its devices process with it', async () => {
		await shell(guest, `kill -KILL ${service.pid}`)
		await until(async () => (await show('NRestarts')) === '1' && (await show('SubState')) === 'running', 'it is back')
		await until(async () => (await service.request('/health').catch(() => null)) !== null, 'it answers', 60_000)
		const processes = await shell(
			guest,
			'systemctl show maru -p ControlGroup --value; pgrep -c -u maru -f devices/process.ts',
		)
		expect(processes.trim().split('\n').at(-1)).toBe('1')
	})

	it('is brought back when it hangs', async () => {
		const pid = await show('MainPID')
		await shell(guest, `kill -STOP ${pid}`)
		// The watchdog's ten seconds, four to end, and what starting takes here.
		await until(async () => (await show('MainPID')) !== pid, 'systemd has noticed', 60_000)
		await until(async () => (await service.request('/health').catch(() => null)) !== null, 'it answers', 60_000)
	})

	it('ends with 0 when it is told to, and leaves no process, its browsers’ neither', async () => {
		const { result, code, ms } = await service.stop()
		expect({ result, code }).toEqual({ result: 'success', code: 0 })
		expect(ms).toBeLessThan(10_000)
		expect((await guest.run(['pgrep', '-u', 'maru,maru-stage'])).stdout).toBe('')
	})
})
