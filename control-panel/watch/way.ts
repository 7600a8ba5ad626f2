/**
 * Which of two ways brings the relay to a viewer. WebRTC is a third of a second behind and costs the hub a stream each; HTTP
 * (HLS) is some seconds behind, costs next to nothing and can go back in time. Pure: what happens goes in with the time,
 * what should play comes out. One way keeps playing until the other one does, so that nobody sees the change.
 */

export type Way = 'webrtc' | 'http'

/** 'short': the shortest delay, whenever there is a chance of it. 'steady': HTTP alone. */
export const choices = ['auto', 'short', 'steady'] as const
export type Choice = (typeof choices)[number]

export interface WayState {
	choice: Choice
	/** What this browser can play. */
	can: Readonly<Record<Way, boolean>>
	/** There is something to be played now. */
	onAir: boolean
	/** One looks at what was. */
	back: boolean
	/** 'given-up': not before `until` by itself. */
	webrtc: { at: 'idle' } | { at: 'trying' | 'playing'; since: number } | { at: 'given-up'; until: number }
	/** HTTP plays, or stands in until WebRTC does. */
	http: boolean
	/** When WebRTC's picture stopped, lately. */
	losses: readonly number[]
	/** How often in a row WebRTC was given up. */
	failures: number
}

export type WayEvent =
	| { type: 'on-air'; on: boolean }
	/** WebRTC's picture is there. */
	| { type: 'playing' }
	/** It was there, and stopped. */
	| { type: 'lost' }
	/** The hub has no place for another viewer by WebRTC. */
	| { type: 'refused' }
	/** HTTP brings nothing either. */
	| { type: 'http-failed' }
	/** What was kept has been played to its end. */
	| { type: 'http-ended' }
	| { type: 'back' }
	| { type: 'live' }
	| { type: 'choose'; choice: Choice }
	| { type: 'tick' }

export interface Wanted {
	/** A socket to the hub with WebRTC behind it. */
	connected: boolean
	webrtc: boolean
	http: boolean
	/** Which of them is to be seen and heard. */
	shown: Way
}

/** A picture takes half a second, on a bad day two. A firewall that drops UDP never lets it come. */
const tryMs = 5000
/** Two losses within this time are no accident. */
const lossesMs = 120_000
/** What played so long was a good way. */
const steadyMs = 300_000
/** The first pause after a failure; it doubles four times at most. */
const pauseMs = { auto: 180_000, short: 20_000, steady: 180_000 } satisfies Record<Choice, number>
const mostDoublings = 4

export function beginWay(choice: Choice, can: WayState['can']): WayState {
	return {
		...{ choice, can, onAir: false, back: false, webrtc: { at: 'idle' }, http: false },
		...{ losses: [], failures: 0 },
	}
}

/** `chance`, 0..1, spreads those who lost the same hub, so that they do not come back as one. */
export function nextWay(state: WayState, event: WayEvent, now: number, chance: number): WayState {
	switch (event.type) {
		case 'on-air':
			if (event.on === state.onAir) return state
			// What HTTP has left is played to its end.
			return event.on ? live({ ...state, onAir: true }, now) : { ...idle(state), onAir: false }
		case 'playing':
			if (state.webrtc.at !== 'trying') return state
			return { ...state, webrtc: { at: 'playing', since: now }, http: false }
		case 'lost':
			return lose(state, now, chance)
		case 'refused':
			return giveUp(state, now, chance)
		case 'http-failed':
			if (!state.onAir) return { ...state, http: false, back: false }
			// Better to try both than to wait for either.
			return state.webrtc.at === 'given-up' && !state.back ? tryWebrtc(state, now) : state
		case 'http-ended':
			return live({ ...state, http: false, back: false }, now)
		case 'back':
			return state.can.http ? { ...idle(state), back: true, http: true } : state
		case 'live':
			return state.back ? live({ ...state, back: false }, now) : state
		case 'choose':
			return choose(state, event.choice, now)
		case 'tick':
			return tick(state, now, chance)
	}
}

const mayConnect = ({ choice, can }: Pick<WayState, 'choice' | 'can'>) => can.webrtc && choice !== 'steady'

export function wantedOf({ choice, can, back, onAir, webrtc, http }: WayState): Wanted {
	const connected = mayConnect({ choice, can }) && webrtc.at !== 'given-up'
	const trying = webrtc.at === 'trying' || webrtc.at === 'playing'
	return {
		connected,
		webrtc: connected && onAir && !back && trying,
		http,
		shown: http || !connected ? 'http' : 'webrtc',
	}
}

function live(state: WayState, now: number): WayState {
	return state.onAir ? tryWebrtc(state, now) : state
}

function choose(state: WayState, choice: Choice, now: number): WayState {
	if (choice === state.choice || (choice === 'steady' && !state.can.http)) return state
	const chosen = { ...state, choice, failures: 0 }
	if (state.back) return chosen
	return choice !== 'steady' && state.webrtc.at === 'playing' ? chosen : live(chosen, now)
}

function tick(state: WayState, now: number, chance: number): WayState {
	const { webrtc } = state
	if (webrtc.at === 'trying' && now - webrtc.since >= tryMs) return giveUp(state, now, chance)
	if (webrtc.at === 'given-up' && now >= webrtc.until) return state.back ? idle(state) : tryWebrtc(state, now)
	return state
}

function lose(state: WayState, now: number, chance: number): WayState {
	if (state.webrtc.at !== 'playing') return state
	const failures = now - state.webrtc.since >= steadyMs ? 0 : state.failures
	const losses = [...state.losses.filter((at) => now - at < lossesMs), now]
	const lost = { ...state, failures, losses }
	return losses.length > 1 ? giveUp(lost, now, chance) : tryWebrtc(lost, now)
}

function giveUp(state: WayState, now: number, chance: number): WayState {
	// An answer to what was asked before the choice changed.
	if (!mayConnect(state)) return state
	// Without another way there is nothing to change to.
	if (!state.can.http) return state.onAir ? tryWebrtc(state, now) : state
	const pause = pauseMs[state.choice] * 2 ** Math.min(state.failures, mostDoublings)
	return {
		...state,
		webrtc: { at: 'given-up', until: now + pause * (0.75 + chance / 2) },
		http: state.http || state.onAir,
		losses: [],
		failures: state.failures + 1,
	}
}

function tryWebrtc(state: WayState, now: number): WayState {
	if (!state.onAir) return idle(state)
	if (!mayConnect(state)) return { ...idle(state), http: state.can.http }
	return { ...state, webrtc: { at: 'trying', since: now } }
}

const idle = (state: WayState): WayState => ({ ...state, webrtc: { at: 'idle' } })
