import { describe, expect, it } from 'vitest'
import type { Position } from '../../../drivers/camera.ts'
import { type Aim, beginMotion, type Limits, seePosition, type Verdict } from '../../../drivers/ptz/motion.ts'

const limits = { pan: [-170, 170], tilt: [-30, 90] } as const
const at = (pan: number, tilt = 0, zoom = 0): Position => ({ pan, tilt, zoom, unit: 'degrees', at: 0 })

/** What is said of each position, told every 100 ms after the camera was told what to do. */
function judge(aim: Aim, from: Position | null, seen: Position[], travel: Limits = limits): Verdict[] {
	let motion = beginMotion(aim, from, 0)
	return seen.map((position, i) => {
		const judged = seePosition(motion, position, travel, (i + 1) * 100)
		motion = judged.motion
		return judged.verdict
	})
}

const drive = (pan: number, tilt = 0, zoom = 0): Aim => ({ kind: 'drive', signs: { pan, tilt, zoom } })
const steps = (count: number, step: (i: number) => Position) => Array.from({ length: count }, (_, i) => step(i))
const journey = (target: Position | null, completed = false): Aim => ({ kind: 'journey', target, completed })

describe('a drive', () => {
	it('is proven by the first step in its direction', () => {
		expect(judge(drive(1), at(0), [at(0), at(0.2)])).toEqual(['open', 'proven'])
		expect(judge(drive(0, 0, -1), at(0, 0, 1), [at(0, 0, 0.98)])).toEqual(['proven'])
	})

	it('is proven however slow it is', () => {
		const seen = steps(8, (i) => at(0.03 * (i + 1)))
		expect(judge(drive(1), at(0), seen)).toContain('proven')
	})

	it('that shows no step in 0.8 s is no motion, and not before', () => {
		expect(
			judge(
				drive(1),
				at(0),
				steps(8, () => at(0.05)),
			),
		).toEqual([...Array(7).fill('open'), 'no-motion'])
	})

	it('against the end of the travel is none, and no fault', () => {
		expect(
			judge(
				drive(1),
				at(170),
				steps(12, () => at(169.9)),
			),
		).not.toContain('no-motion')
		expect(
			judge(
				drive(0, -1),
				at(0, -30),
				steps(12, () => at(0, -30)),
			),
		).not.toContain('no-motion')
	})

	it('the other way is a wrong direction, also while another axis goes right', () => {
		expect(
			judge(
				drive(1),
				at(0),
				steps(8, (i) => at(-i)),
			),
		).toContain('wrong-direction')
		expect(
			judge(
				drive(1, 1),
				at(0),
				steps(8, (i) => at(-i, i)),
			),
		).toContain('wrong-direction')
	})

	it('of a head that first runs on and then turns round is right', () => {
		const seen = [5, 8, 10, 11, 11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5].map((pan) => at(pan))
		expect(judge(drive(-1), at(0), seen)).not.toContain('wrong-direction')
		expect(judge(drive(-1), at(0), seen).at(-1)).toBe('proven')
	})

	it('begun without a known place is judged from the first', () => {
		expect(judge(drive(1), null, [at(40), at(41)])).toEqual(['open', 'proven'])
	})
})

describe('a stop', () => {
	it('is done when nothing has changed for a quarter of a second', () => {
		expect(judge({ kind: 'stop' }, at(0), [at(3), at(4), at(4), at(4), at(4)])).toEqual([
			...['open', 'open', 'open', 'open'],
			'still',
		])
	})

	it('leaves a head a third of a second to brake', () => {
		expect(
			judge(
				{ kind: 'stop' },
				at(0),
				steps(6, (i) => at(i)),
			),
		).toEqual([
			...['open', 'open', 'open'],
			...['still-moving-after-stop', 'still-moving-after-stop', 'still-moving-after-stop'],
		])
	})

	it('on a line where looks are rare is not judged by what was before it', () => {
		let motion = beginMotion({ kind: 'stop' }, at(0), 0)
		const looks = [
			[900, 50, 12, 'open'],
			[1_400, 900, 14, 'open'],
			[1_900, 1_500, 14, 'still'],
			[2_400, 2_300, 20, 'still-moving-after-stop'],
		] as const
		for (const [now, saidAt, pan, verdict] of looks) {
			const judged = seePosition(motion, at(pan), limits, now, saidAt)
			motion = judged.motion
			expect(judged.verdict).toBe(verdict)
		}
	})
})

describe('a journey', () => {
	it('arrives when the camera completes it at its target', () => {
		expect(judge(journey(at(20), true), at(0), [at(10), at(19.8)])).toEqual(['proven', 'arrived'])
	})

	it('arrives without completion when it stands at its target', () => {
		expect(judge(journey(at(20)), at(0), [at(19), at(20), at(20), at(20), at(20)]).at(-1)).toBe('arrived')
	})

	it('does not arrive because the camera says so', () => {
		expect(judge(journey(at(20), true), at(0), [at(5), at(10), at(15)])).not.toContain('arrived')
		expect(judge(journey(null, true), at(0), [at(5), at(10), at(15)])).not.toContain('arrived')
	})

	it('to a place that only the camera knows arrives when it is completed and stands', () => {
		expect(judge(journey(null, true), at(0), [at(5), at(7), at(7), at(7), at(7)]).at(-1)).toBe('arrived')
	})

	it('that ends elsewhere is told', () => {
		expect(judge(journey(at(20), true), at(0), [at(5), ...steps(10, () => at(12))])).toContain('elsewhere')
	})

	it('that does not begin is no motion', () => {
		expect(
			judge(
				journey(at(20)),
				at(0),
				steps(9, () => at(0)),
			),
		).toContain('no-motion')
	})

	it('to where it is arrives at once', () => {
		expect(judge(journey(at(20), true), at(20), [at(20)])).toEqual(['arrived'])
	})
})

describe('a head that turns without end', () => {
	const endless = { pan: [-180, 180], tilt: [-90, 0] } as const

	it('goes right when it passes from 180 to -180 degrees', () => {
		const seen = steps(30, (i) => at(((185 + 15 * i + 180) % 360) - 180))
		expect(judge(drive(1), at(170), seen, endless)).toEqual(Array(30).fill('proven'))
		expect(judge(drive(-1), at(170), seen, endless)).toContain('wrong-direction')
	})

	it('that stands at 180 degrees has no end there', () => {
		const seen = steps(9, () => at(180))
		expect(judge(drive(1), at(180), seen, endless)).toContain('no-motion')
	})

	it('arrives at -180 degrees where it tells 180', () => {
		const seen = [at(170), ...steps(4, () => at(179.99))]
		expect(judge(journey(at(-180)), at(0), seen, endless).at(-1)).toBe('arrived')
	})
})
