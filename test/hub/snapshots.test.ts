import { beforeEach, describe, expect, it } from 'vitest'
import { keepEveryFew } from '../../appliance/hub/snapshots.ts'
import type { Meeting } from '../../appliance/meeting/meeting.ts'

/** When it is written down how a meeting stands. That a start trusts none that does not fit is in storage.test.ts. */

let kept: string[]
let unsaved: (() => void)[]
let isFull: boolean
let look: (meeting: Meeting, seq: number) => void

const as = (title: string, phase: Meeting['phase'] = 'open') => ({ id: 'm', title, phase }) as Meeting

beforeEach(() => {
	kept = []
	unsaved = []
	isFull = false
	look = keepEveryFew(1_000, {
		snapshots: { keep: ({ title }, seq, hash) => void kept.push(`${title} ${seq} ${hash}`) },
		hashAt: (seq) => `#${seq}`,
		byItself: (act) => (isFull ? unsaved.push(act) : act()),
	})
})

describe('How a meeting stands', () => {
	it('is kept after 200 events and no sooner, counted from where it went on', () => {
		for (let seq = 1_001; seq <= 1_450; seq++) look(as('회의'), seq)
		expect(kept).toEqual(['회의 1200 #1200', '회의 1400 #1400'])
	})

	it('is kept with the event that it fits, though the disk takes it later', () => {
		isFull = true
		look(as('처음'), 1_203)
		look(as('나중'), 1_204)
		for (const act of unsaved) act()
		expect(kept).toEqual(['처음 1203 #1203'])
	})

	it('is of no use any more once it is over', () => {
		look(as('회의', 'closed'), 1_300)
		expect(kept).toEqual([])
	})
})
