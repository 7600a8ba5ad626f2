import type { ProgrammeEvent } from '../protocol/relay.ts'

/** Of a small picture, in base64. */
const mostLook = 64 * 1024

/** What the programme's page said; null: unreadable. The page is ours, but it shows the world's media. */
export function readProgrammeEvent(text: string): ProgrammeEvent | null {
	try {
		const value: unknown = JSON.parse(text)
		if (typeof value !== 'object' || value === null || !('type' in value)) return null
		switch (value.type) {
			case 'ready':
				return { type: 'ready', build: 'build' in value ? String(value.build) : '' }
			case 'failed':
				return { type: 'failed', detail: 'detail' in value ? String(value.detail).slice(0, 200) : '' }
			case 'beat': {
				if (!('frames' in value && 'fps' in value && 'joined' in value)) return null
				const { frames, fps, joined } = value
				if (typeof frames !== 'number' || typeof fps !== 'number') return null
				return { type: 'beat', frames, fps, joined: joined === true }
			}
			case 'look': {
				const jpeg = 'jpeg' in value ? value.jpeg : null
				return typeof jpeg === 'string' && jpeg.length < mostLook ? { type: 'look', jpeg } : null
			}
			default:
				return null
		}
	} catch {
		return null
	}
}
