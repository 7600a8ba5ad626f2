import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Card, cardOf } from '../../appliance/room/cards.ts'
import { connectGuest, type Guest, shell } from './guest.ts'
import { program } from './install.ts'
import { connectJsonLines, type JsonLines } from './json-lines.ts'
import { until } from './service.ts'

/** Sound cards and cameras of this kernel, with the groups that the unit gives to the service. */

let guest: Guest
let monitor: JsonLines

beforeAll(async () => {
	const address = inject('guest')
	if (!('sockets' in address)) throw new Error('only a machine of QEMU has a USB card')
	guest = await connectGuest(address)
	monitor = await connectJsonLines(join(address.sockets, 'monitor'))
	await monitor.call('qmp_capabilities')
	await shell(guest, 'modprobe snd-aloop; modprobe vivid n_devs=1 node_types=0x1; udevadm settle')
})
afterAll(() => {
	monitor.close()
	guest.close()
})

const as = (group: string) => `setpriv --reuid maru --regid maru --groups ${group}`

describe('Sound', () => {
	it('goes out and comes in by the group audio, without a login session', async () => {
		const format = '-q -t raw -f S16_LE -r 48000 -c 1'
		const said = await shell(
			guest,
			`${as('audio')} arecord ${format} -D hw:Loopback,1,0 -d 2 >/tmp/heard &
			sleep 0.5
			timeout 5 ${as('audio')} aplay ${format} -D hw:Loopback,0,0 /dev/urandom || true
			wait
			tr -d '\\000' </tmp/heard | wc -c`,
		)
		expect(Number(said)).toBeGreaterThan(50_000)
	})

	it('of a speakerphone is never that of a card on another USB device', async () => {
		await monitor.call('device_add', { driver: 'usb-audio', id: 'card', bus: 'usb.0', audiodev: 'sound' })
		await until(async () => /USB-Audio/.test(await shell(guest, 'cat /proc/asound/cards')), 'the USB card is there')
		const [found] = (await program(guest, 'card')) as { cards: Card[]; usb: string; own: Card | null }[]
		const [card, ...others] = found?.cards.filter(({ usb }) => usb !== null) ?? []
		expect(others).toEqual([])
		expect(cardOf(found?.cards ?? [], card?.usb ?? null)).toEqual(card)
		expect(found?.usb).toMatch(/dummy_hcd/)
		expect(found?.own).toBe(null)
	})

	it.skip("of a speakerphone is that of the card on its own USB device: the kernel's virtual USB carries no sound")
})

describe('A picture', () => {
	it('comes from a V4L2 camera by the group video', async () => {
		const taking =
			'v4l2-ctl -d /dev/video0 --set-fmt-video=width=320,height=180,pixelformat=YUYV --stream-mmap --stream-count=10'
		const bytes = await shell(guest, `${as('video')} ${taking} --stream-to=/tmp/seen >/dev/null; stat -c %s /tmp/seen`)
		expect(Number(bytes)).toBe(10 * 320 * 180 * 2)
	})

	it.skip(
		"comes from that camera in the stage's Chromium, which takes minutes to start on a processor that is translated",
	)
})
