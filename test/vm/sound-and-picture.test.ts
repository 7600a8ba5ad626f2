import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { connectGuest, type Guest, shell } from './guest.ts'
import { program } from './install.ts'

/** Sound cards and cameras of this kernel, with the groups that the unit gives to the service. */

let guest: Guest

beforeAll(async () => {
	guest = await connectGuest(inject('guest'))
	await shell(guest, 'modprobe snd-aloop; modprobe vivid n_devs=1 node_types=0x1; udevadm settle')
})
afterAll(() => guest.close())

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

	it('of a speakerphone is that of the card on the same USB device', async () => {
		const [found] = (await program(guest, 'card')) as { cards: object[]; own: { usb: string } | null; usb: string }[]
		console.log(found)
		expect(found?.cards.length).toBeGreaterThan(1)
		expect(found?.own?.usb).toBe(found?.usb)
	})
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
