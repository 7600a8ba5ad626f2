import type { DeskResult } from '../../appliance/protocol/messages.ts'
import type { RoomState } from '../../appliance/protocol/room-state.ts'
import type { panelTexts } from '../../control-panel/panel/i18n-panel.ts'
import { askedScene, deskScene, onAir, troubled, voteOf } from '../control-panel/desk/desk-scene.ts'
import { press, says } from './built.ts'
import type { Panel } from './panel-page.ts'
import { chamber, counter, inCall, meeting, people } from './panel-scene.ts'

/** Every screen of the panel, with what it takes to get there. */

type Texts = typeof panelTexts.ko | typeof panelTexts.en

interface Screen {
	state(): RoomState
	desk?(): DeskResult
	go?(panel: Panel, t: Texts): Promise<unknown>
}

/** A part of the desk, once it has come: it is loaded when it is first wanted. */
const desk = (
	part: 'deskFloor' | 'deskPeople' | 'deskAgenda' | 'deskVote' | 'deskRelay' | 'deskClass',
	thing: string | null = null,
) => {
	return async ({ page }: Panel, t: Texts) => {
		await press(page, t[part])
		await page.waitForSelector('.desk')
		if (thing === null) return
		await page.waitForSelector(thing)
		await page.click(thing)
	}
}

const call = (difference: Partial<RoomState['call']>): RoomState['call'] => ({
	...{ phase: 'idle', meeting: null, reason: null, since: Date.now(), recovering: false },
	...difference,
})

const table = {
	home: { state: () => chamber() },
	'home without a meeting': { state: () => chamber({ meetings: [], demo: true, muted: true }) },
	'home with many meetings': {
		state: () =>
			chamber({
				call: call({ reason: 'alone' }),
				meetings: Array.from({ length: 12 }, (_, index) =>
					meeting({
						id: `m${index}`,
						title: '도시계획위원회 제12차 정기회의 및 현장 설명회',
						phase: index ? 'planned' : 'open',
					}),
				),
			}),
	},
	link: { state: () => chamber(), go: ({ page }, t) => press(page, t.byLink) },
	settings: { state: () => chamber(), go: ({ page }, t) => press(page, t.settings) },
	starting: { state: () => inCall({ call: call({ phase: 'starting' }) }) },
	recovering: { state: () => inCall({ call: call({ phase: 'joining', meeting: meeting(), recovering: true }) }) },
	failed: { state: () => inCall({ call: call({ phase: 'failed', meeting: meeting(), reason: 'hub-away' }) }) },
	call: { state: () => inCall({ participants: people(82) }) },
	'call, muted and alone': { state: () => inCall({ muted: true, participants: [] }) },
	people: { state: () => inCall({ participants: people(82) }), go: ({ page }, t) => press(page, t.people) },
	pc: { state: () => chamber(), go: ({ page }, t) => press(page, t.byPc) },
	'the counter, with a visitor who rings': {
		state: () => chamber({ counter: true, ring: { id: 's12', from: '12번 민원인', since: Date.now() } }),
		async go({ page, room }, t) {
			room.http = ({ path }) => (path === '/api/v1/counsel/desk' ? { body: counter() } : null)
			await press(page, t.counsel)
			await page.waitForSelector('[data-now=ring]')
			await page.waitForSelector('[data-waiting]')
		},
	},
	leave: { state: () => inCall(), go: ({ page }, t) => press(page, t.leave) },
	end: { state: () => inCall(), go: ({ page }, t) => press(page, t.end) },
	'the floor': { state: () => inCall(), desk: deskScene, go: desk('deskFloor') },
	'the floor, with all that can go wrong': {
		state: () => inCall(),
		desk: () => deskScene(troubled()),
		go: desk('deskFloor'),
	},
	'the rules of the floor': { state: () => inCall(), desk: deskScene, go: desk('deskFloor', '.desk .mode') },
	'the lobby': { state: () => inCall(), desk: deskScene, go: desk('deskPeople') },
	'one person': {
		state: () => inCall(),
		desk: () => ({ ...deskScene(), desk: { ...deskScene().desk, lobby: { revision: 1, set: [] } } }),
		go: desk('deskPeople', '.desk .who'),
	},
	reports: { state: () => inCall(), desk: deskScene, go: desk('deskAgenda') },
	'a new vote': { state: () => inCall(), desk: deskScene, go: desk('deskVote') },
	'hands are counted': { state: () => inCall(), desk: () => deskScene({ vote: voteOf() }), go: desk('deskVote') },
	'what trainees ask': {
		state: () => inCall(),
		desk: () => askedScene(),
		async go(panel, t) {
			await desk('deskClass')(panel, t)
			// The second of the parts of a class.
			const part = await panel.page.waitForSelector('.class fieldset button:nth-child(2)')
			await part?.click()
			await panel.page.waitForSelector('[data-question=waiting]')
		},
	},
	'another kind': {
		state: () => inCall({ participants: people(82) }),
		desk: () => deskScene({ broadcast: onAir(), vote: voteOf() }),
		async go({ page }) {
			await page.waitForSelector('[data-action=kind]')
			await page.click('[data-action=kind]')
			await page.waitForSelector('[data-kind=counsel]')
			await page.click('[data-kind=counsel]')
			await page.waitForSelector('[data-action=turn]')
		},
	},
	'off air': { state: () => inCall(), desk: deskScene, go: desk('deskRelay') },
	'on air': {
		state: () => inCall(),
		desk: () => deskScene({ broadcast: onAir() }),
		go: desk('deskRelay', '.air .stop'),
	},
	'the result of a vote': {
		state: () => inCall(),
		desk: () => deskScene({ vote: voteOf({ phase: 'closed', passed: false, reason: 'quorum' }) }),
		go: desk('deskVote'),
	},
	camera: { state: () => inCall(), go: ({ page }, t) => press(page, t.camera) },
	'camera that is dead': {
		state: () => inCall(),
		async go({ page }, t) {
			await press(page, t.camera)
			await press(page, '천장')
		},
	},
	'camera, saving over another': {
		state: () => inCall(),
		async go({ page }, t) {
			await press(page, t.camera)
			await press(page, t.save)
			await press(page, '1 전경')
		},
	},
	status: {
		state: () => inCall({ hub: { status: 'away', since: Date.now() } }),
		go: ({ page }) => page.click('.health'),
	},
	offline: {
		state: () => inCall(),
		async go({ page, room }, t) {
			room.away(true)
			await says(page, t.offlineMeanwhile)
		},
	},
} satisfies Record<string, Screen>

export type ScreenName = keyof typeof table
export const screens: Record<ScreenName, Screen> = table
export const screenNames = Object.keys(table) as ScreenName[]
