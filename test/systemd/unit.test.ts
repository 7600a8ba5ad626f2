import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connectGuest, type Guest, shell } from '../vm/guest.ts'
import { beginService, openService, type Service, until } from '../vm/service.ts'

/** The unit under a real systemd: what it allows, how the service comes up, ends, and comes back. */

let guest: Guest
let service: Service

beforeAll(async () => {
	guest = await connectGuest(inject('guest'))
	await beginService(guest, {})
	service = await openService(guest)
})
afterAll(() => guest.close())

const show = async (field: string) => (await shell(guest, `systemctl show maru -p ${field} --value`)).trim()

describe('maru.service', () => {
	it('is understood by systemd to the last key', async () => {
		// It ends with 0 also where it does not know a key; it says so.
		const { stdout, stderr } = await guest.run(['systemd-analyze', 'verify', 'maru.service'])
		expect(stdout + stderr).toBe('')
	})

	it('lets nobody in by more doors than the service and its browsers need', async () => {
		const said = await shell(guest, 'systemd-analyze security maru.service --no-pager | tail -1')
		expect(Number(/: (\d+\.\d+)/.exec(said)?.[1])).toBeLessThanOrEqual(2.5)
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

	it('ends with 0 when it is told to, and leaves no process', async () => {
		const { result, code, ms } = await service.stop()
		expect({ result, code }).toEqual({ result: 'success', code: 0 })
		expect(ms).toBeLessThan(10_000)
		expect((await guest.run(['pgrep', '-u', 'maru'])).stdout).toBe('')
	})
})
