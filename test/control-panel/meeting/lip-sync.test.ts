import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Person } from '../../../appliance/protocol/messages.ts'
import { LipSync, type LipSyncOptions } from '../../../control-panel/lib/meeting/lip-sync.ts'
import type { Incoming } from '../../../control-panel/lib/meeting/media-call.ts'
import { tilesOf } from '../../../control-panel/lib/meeting/tiles.ts'
import { somebody } from '../../meeting/core.ts'

const feed = (id: string, delayMs?: number) => ({
	...({ id, kind: 'video', use: 'feed', label: id, muted: false, open: true, live: true } as const),
	...(delayMs === undefined ? {} : { delayMs }),
})
const sound = {
	id: 'hall-sound',
	kind: 'audio',
	use: 'microphone',
	label: '',
	muted: false,
	open: true,
	live: true,
} as const

/** A browser's receiver: what it is asked, and pictures that take so long from their arrival to the screen. */
class FakeReceiver {
	jitterBufferTarget: number | null = null
	lagMs = 0
	frames = 0
	processed = 0

	async getStats() {
		this.frames += 25
		this.processed += (25 * this.lagMs) / 1000
		const counts = { kind: 'video', totalProcessingDelay: this.processed, framesDecoded: this.frames }
		return new Map([['a', { type: 'inbound-rtp', ...counts }]])
	}
}

let hall: Person
let receivers: Record<string, FakeReceiver>
let focus: string
let lips: LipSync

beforeEach(() => {
	vi.useFakeTimers()
	receivers = {}
	hall = somebody('hall', { role: 'room', sources: [sound, feed('front', 200), feed('wide')] })
	const guest = somebody('guest', {
		sources: [
			{ ...sound, id: 'guest-sound' },
			{ ...feed('face'), use: 'camera' },
		],
	})
	const people = { revision: 1, byId: new Map([hall, guest].map((person) => [person.id, person])) }
	const incoming = [...people.byId.values()].flatMap(({ id: person, sources }) =>
		sources.map(({ id, kind }) => {
			const receiver = new FakeReceiver()
			receivers[id] = receiver
			return { id: `of ${id}`, source: id, person, kind, receiver } as unknown as Incoming
		}),
	)
	focus = 'front'
	const options: LipSyncOptions = {
		incoming: () => incoming,
		focus: () => tilesOf(people, null).find(({ source }) => source === focus) ?? null,
		people: () => people,
	}
	lips = new LipSync(options)
})
afterEach(() => {
	lips.close()
	vi.useRealTimers()
})

const targetOf = (source: string) => receivers[source]?.jitterBufferTarget
async function after(lagMs: number) {
	for (const receiver of Object.values(receivers)) receiver.lagMs = lagMs
	await vi.advanceTimersByTimeAsync(1_100)
}

test('the hall’s sound waits as long as the picture is late and takes to be shown; nobody else’s waits', async () => {
	await after(60)
	expect(targetOf('hall-sound')).toBe(290)
	expect(targetOf('guest-sound')).toBeNull()
})

test('it follows the way of the picture, but not every tremor of it', async () => {
	await after(60)
	await after(70)
	expect(targetOf('hall-sound')).toBe(290)
	await after(90)
	expect(targetOf('hall-sound')).toBe(320)
})

test('another camera has another delay, a face in between changes nothing', async () => {
	await after(60)
	focus = 'face'
	await after(60)
	expect(targetOf('hall-sound')).toBe(290)
	focus = 'wide'
	await after(60)
	expect(targetOf('hall-sound')).toBeNull()
})

test('a camera that is set anew is another source, and its delay is the one that counts', async () => {
	await after(40)
	hall.sources.splice(1, 1, feed('front', 500))
	await after(40)
	expect(targetOf('hall-sound')).toBe(570)
})

test('a browser that cannot hold sound back plays it as it comes', async () => {
	const { 'hall-sound': receiver } = receivers
	delete (receiver as Partial<FakeReceiver>).jitterBufferTarget
	await after(60)
	expect(receiver).not.toHaveProperty('jitterBufferTarget')
})
