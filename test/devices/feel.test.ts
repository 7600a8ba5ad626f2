import { describe, expect, it } from 'vitest'
import { felt } from '../../appliance/devices/feel.ts'

const even = { invertPan: false, invertTilt: false, scale: 1 }

describe('The feel of a camera', () => {
	it.each([
		['that is even changes nothing', { pan: 0.5, tilt: -1, zoom: 0.2 }, even, { pan: 0.5, tilt: -1, zoom: 0.2 }],
		[
			'turns it the way the hand points where it hangs from the ceiling',
			{ pan: 0.5, tilt: 0.25, zoom: 1 },
			{ ...even, invertPan: true, invertTilt: true },
			{ pan: -0.5, tilt: -0.25, zoom: 1 },
		],
		[
			'turns one axis alone',
			{ pan: 1, tilt: 1, zoom: 0 },
			{ ...even, invertTilt: true },
			{ pan: 1, tilt: -1, zoom: 0 },
		],
		[
			'scales all axes alike, so that a diagonal keeps its direction',
			{ pan: 1, tilt: 0.5, zoom: -1 },
			{ ...even, scale: 0.4 },
			{ pan: 0.4, tilt: 0.2, zoom: -0.4 },
		],
		[
			'keeps the direction of what asks for more than full speed',
			{ pan: 2, tilt: 1, zoom: 0 },
			{ ...even, scale: 0.5 },
			{ pan: 0.5, tilt: 0.25, zoom: 0 },
		],
		[
			'moves nothing that stands',
			{ pan: 0, tilt: 0, zoom: 0 },
			{ invertPan: true, invertTilt: true, scale: 0.1 },
			{ pan: 0, tilt: 0, zoom: 0 },
		],
	])('%s', (_, velocity, feel, told) => {
		expect(felt(velocity, feel)).toEqual(told)
	})
})
