import { describe, expect, it } from 'vitest'
import { microphoneGrade } from '../../../control-panel/attend/readiness.ts'
import { networkGrade } from '../../../control-panel/lib/meeting/network.ts'
import { networkOf } from '../../../control-panel/lib/meeting/stats.ts'

describe('readiness', () => {
	it('calls a microphone good only when a voice came through it', () => {
		expect(microphoneGrade(null, true, true)).toBe('ok')
		expect(microphoneGrade(null, true, false)).toBe('unknown')
		expect(microphoneGrade('busy', false, false)).toBe('bad')
		expect(microphoneGrade('missing', false, false)).toBe('none')
		expect(microphoneGrade(null, false, false)).toBe('none')
	})

	it.each([
		[40, 0, 'connected', 'ok'],
		[350, 0, 'connected', 'weak'],
		[40, 5, 'connected', 'weak'],
		[40, 12, 'connected', 'bad'],
		[40, 0, 'failed', 'bad'],
		[null, null, 'new', 'unknown'],
	] as const)('grades %s ms and %s %% lost while %s as %s', (rttMs, lossPercent, ice, grade) => {
		expect(networkGrade({ rttMs, lossPercent }, ice)).toBe(grade)
	})

	it('counts what was lost since the last look, on the way in use', () => {
		const report = [
			{ type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
			{ type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.042 },
			{ type: 'inbound-rtp', packetsReceived: 1090, packetsLost: 20 },
		]
		expect(networkOf(report, { received: 1000, lost: 10 })).toMatchObject({ rttMs: 42, lossPercent: 10 })
		expect(networkOf([], { received: 1000, lost: 10 })).toMatchObject({ rttMs: null, lossPercent: null })
	})
})
