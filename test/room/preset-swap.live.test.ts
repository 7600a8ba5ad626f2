import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RoomCommand } from '../../appliance/protocol/room-commands.ts'
import type { Velocity } from '../../drivers/camera.ts'
import { until } from '../browser-launch/processes.ts'
import { type Hardware, type Kind, startHardware } from '../devices/hardware-kinds.ts'
import { type FacilitiesRoom, startFacilitiesRoom } from './facilities-room.ts'

/**
 * A camera is replaced by one that speaks something else, and its views stay: each is kept with one driver and found with
 * every other. The cameras stand where the first stood, each a virtual one on a real socket or serial line.
 */

const kinds = ['visca-ip', 'visca-serial', 'onvif', 'visca-tcp', 'pelco-d'] as const satisfies readonly Kind[]
/** Its protocol has no place for the focus. */
const withoutFocus: readonly Kind[] = ['pelco-d']
const staff = { id: 'staff', label: '시설', role: 'facilities' } as const

interface Kept {
	slot: number
	by: Kind
	head: { pan: number; tilt: number; zoom: number }
	focus: number | null
}

let facilities: FacilitiesRoom
const cameras = new Map<Kind, Hardware>()

beforeAll(async () => {
	facilities = await startFacilitiesRoom()
	for (const kind of kinds) cameras.set(kind, await startHardware(kind, {}))
})
afterAll(async () => {
	await facilities.close()
	await Promise.all([...cameras.values()].map((camera) => camera.close()))
})

const view = () => facilities.view('front')
const headOf = (kind: Kind) => (cameras.get(kind) as Hardware).head()
const order = (command: RoomCommand) => facilities.room.dispatch(command, staff)
const recall = (slot: number) => order({ type: 'preset.recall', camera: 'front', slot })
const keep = (slot: number) => order({ type: 'preset.save', camera: 'front', slot, name: `${slot}번` })
const focus = (mode: 'auto' | 'near' | 'stop') => order({ type: 'camera.focus', camera: 'front', mode })

/** By the call of the facilities page. */
async function swapFor(kind: Kind, over: object = {}): Promise<void> {
	const { config } = cameras.get(kind) as Hardware
	const answer = await facilities.ask('PUT', '/facilities/cameras/front', { name: '정면', ...config, ...over })
	expect(answer).toMatchObject({ status: 200 })
	await until(() => view()?.status === 'ready')
}

/** Turned by hand, its lens too where that is wanted, and kept. */
async function keepAt(slot: number, by: Kind, hand: Velocity, lens: boolean): Promise<Kept> {
	await facilities.room.moveFor('front', hand, 300, staff)
	await until(() => view()?.motion?.state === 'stopped' && view()?.status === 'ready')
	const modes = lens ? (['near', 'stop'] as const) : (['auto'] as const)
	for (const mode of modes) expect(await focus(mode)).toEqual({ ok: true })
	expect(await keep(slot)).toEqual({ ok: true })
	const { body } = await facilities.ask('GET', '/cameras/front/presets')
	const kept = body.presets.find((preset: { slot: number }) => preset.slot === slot)
	const { pan, tilt, zoom } = headOf(by)
	return { slot, by, head: { pan, tilt, zoom }, focus: kept.position.focus ?? null }
}

async function find({ slot, by, head, focus: lens }: Kept, kind: Kind): Promise<void> {
	const what = `view ${slot} of ${by} by ${kind}`
	expect(await recall(slot), what).toEqual({ ok: true })
	const seen = headOf(kind)
	expect(Math.abs(seen.pan - head.pan), what).toBeLessThan(0.5)
	expect(Math.abs(seen.tilt - head.tilt), what).toBeLessThan(0.5)
	expect(Math.abs(seen.zoom - head.zoom), what).toBeLessThan(0.02)
	expect(view(), what).toMatchObject({ preset: slot, status: 'ready', reason: null })
	if (withoutFocus.includes(by) || withoutFocus.includes(kind)) return
	// A lens may come later than its head.
	await until(async () => {
		const { body } = await facilities.ask('GET', '/cameras/front/position')
		return lens === null ? body.focus === null : body.focus !== null && Math.abs(body.focus - lens) < 0.02
	})
}

describe('The views of a camera', () => {
	const kept: Kept[] = []

	test('are kept with the focus of a lens that was turned by hand, or that it turns by itself', async () => {
		await swapFor('visca-ip')
		kept.push(await keepAt(1, 'visca-ip', { pan: 0.6, tilt: 0.2, zoom: 0.6 }, true))
		kept.push(await keepAt(2, 'visca-ip', { pan: -0.3, tilt: 0.4, zoom: -0.3 }, false))
	})

	test.each(kinds.slice(1))('are found when it is replaced by %s, which keeps one of its own', async (kind) => {
		await swapFor(kind)
		// Nothing is said of where it stands before it was sent there.
		expect(view()?.preset).toBeNull()
		expect(view()?.presets.map(({ slot }) => slot)).toEqual(kept.map(({ slot }) => slot))
		for (const one of kept) await find(one, kind)
		kept.push(await keepAt(kept.length + 1, kind, { pan: -0.3, tilt: -0.1, zoom: 0.4 }, true))
	})

	test('are found by the one that it was at first, too', async () => {
		await swapFor('visca-ip')
		for (const one of kept.filter(({ by }) => by !== 'visca-ip')) await find(one, 'visca-ip')
	})

	test('in degrees do not fit a camera that tells fractions of a travel that nobody knows, and it says so', async () => {
		await swapFor('onvif', { travel: undefined })
		expect(view()?.capabilities.positions).toBe('fraction')
		const before = headOf('onvif').pan
		const remedy = "set the camera's travel"
		expect(await recall(1)).toMatchObject({ code: 'unsupported', message: expect.stringContaining(remedy) })
		expect(headOf('onvif').pan).toBe(before)
		expect(view()?.preset).toBeNull()

		// Its own do, and fit no other.
		expect(await keep(90)).toEqual({ ok: true })
		expect(await recall(90)).toEqual({ ok: true })
		await swapFor('visca-tcp')
		expect(await recall(90)).toMatchObject({ code: 'unsupported', message: expect.stringContaining('save it anew') })
		expect(view()?.preset).toBeNull()

		// With its travel set it tells degrees, and finds those that were kept in degrees.
		await swapFor('onvif')
		await find(kept[0] as Kept, 'onvif')
	})

	test('are not found, and it says so, by a dome from which nothing comes back', async () => {
		await swapFor('pelco-d', { blind: true })
		expect(view()).toMatchObject({ blind: true, capabilities: { positions: null } })
		expect(await recall(1)).toMatchObject({ code: 'unsupported' })
		expect(view()?.preset).toBeNull()
	})
})
