import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connectGuest, type Guest, shell } from '../vm/guest.ts'
import { openService, until } from '../vm/service.ts'

/** What the package leaves on a plain Debian, and what becomes of it when it is installed again, removed and purged. */

let guest: Guest

beforeAll(async () => {
	guest = await connectGuest(inject('guest'))
	// The tests before may have stopped it.
	await said('systemctl start maru')
})
afterAll(() => guest.close())

const said = async (script: string) => (await shell(guest, script, 300_000)).trim()
const fails = async (script: string) => (await guest.run(['sh', '-c', script])).code !== 0
const made = '/media/maru/packages/maru_*.deb'
const again = `dpkg -i ${made} 2>&1`

describe('The package, on a Debian that has no network', () => {
	it('has the service running by the configuration that it brings, and from the next boot on', async () => {
		const service = await openService(guest)
		expect(await service.request('/health')).toMatchObject({ ok: true })
		expect(await said('systemctl is-enabled maru')).toBe('enabled')
		expect(await said('maru check-config')).toBe('no faults')
	})

	it('left every file as it was made, and the kernel’s settings and rules in force', async () => {
		// This Debian keeps no documentation, and the tests before have written a configuration.
		const changed = await said('{ dpkg --verify maru | grep -vE "maru.yaml|/usr/share/doc/"; } || true')
		expect(changed).toBe('')
		expect(await said('cat /usr/lib/udev/rules.d/70-maru.rules')).toContain('GROUP="maru"')
		const parts = JSON.parse(await said(`dpkg-deb --fsys-tarfile ${made} | tar -xO ./usr/share/doc/maru/sbom.cdx.json`))
		expect(parts).toMatchObject({ bomFormat: 'CycloneDX' })
		const names = (parts.components as { name: string }[]).map(({ name }) => name)
		expect(names).toEqual(expect.arrayContaining(['mediasoup', 'fastify', 'node', 'chromium']))
	})

	it('gives the command to whoever administers the machine, in the service’s name', async () => {
		const token = await said('maru token create --role panel')
		expect(token.split('.')).toHaveLength(3)
		expect(await said('find /var/lib/maru ! -user maru')).toBe('')
	})

	it('backs up and restores as root, and what it restores is the service’s', async () => {
		await said('cd /root; maru backup --new-key key --to backups; systemctl stop maru')
		expect(await fails('cd /root; maru restore --key key --from backups')).toBe(true)
		const { stdout } = await guest.run(['sh', '-ec', 'cd /root; maru restore --key key --from backups --replace'])
		expect(stdout).toMatch(/^maru-\d+T\d+Z\.backup: \d+ meetings/)
		expect(await said('find /var/lib/maru ! -user maru')).toBe('')
		await said('systemctl start maru')
		await openService(guest)
	})

	it('backs up by itself each night, once there is a key, where nobody else reads it', async () => {
		const made = async () => (await said('ls /var/backups/maru 2>/dev/null || true')).split('\n').filter(Boolean)
		expect(await said('systemctl list-timers --no-legend maru-backup.timer')).toContain('maru-backup.service')
		await said('systemctl start maru-backup')
		expect(await made()).toEqual([])
		await said('cp /root/key /etc/maru/backup.key; systemctl start maru-backup')
		expect(await made()).toContainEqual(expect.stringMatching(/^maru-\d+T\d+Z\.backup$/))
		expect(await said('find /var/backups/maru -perm /077')).toBe('')
	})

	it('keeps what was configured and recorded when it is installed again', async () => {
		await said(`sed -i 's/회의실/상황실/' /etc/maru/maru.yaml; setpriv --reuid maru touch /var/lib/maru/kept`)
		const before = await said('systemctl show maru -p MainPID --value')
		await said(again)
		expect(await said('cat /etc/maru/maru.yaml')).toContain('상황실')
		await said('test -e /var/lib/maru/kept')
		expect(await said('systemctl show maru -p MainPID --value')).not.toBe(before)
		await openService(guest)
	})

	it('stays disabled where it was disabled, and is started by hand', async () => {
		await said('systemctl disable maru 2>&1')
		await said(again)
		expect(await fails('systemctl is-enabled maru')).toBe(true)
		await said('systemctl enable --now maru 2>&1')
	})

	it('leaves configuration and data behind when it is removed, and no process', async () => {
		await said('dpkg -r maru 2>&1')
		expect((await guest.run(['pgrep', '-u', 'maru'])).stdout).toBe('')
		expect(await fails('test -e /opt/maru/appliance || test -e /usr/bin/maru')).toBe(true)
		await said('test -e /var/lib/maru/kept; grep 상황실 /etc/maru/maru.yaml')
	})

	it('is as it was when it is installed once more, and leaves nothing when it is purged', async () => {
		await said(again)
		await openService(guest)
		await until(async () => (await said('systemctl is-enabled maru')) === 'enabled', 'it is enabled')
		await said('dpkg --purge maru 2>&1')
		for (const path of ['/var/lib/maru', '/etc/maru', '/opt/maru', '/usr/share/doc/maru']) {
			expect(await fails(`test -e ${path}`), path).toBe(true)
		}
	})
})
