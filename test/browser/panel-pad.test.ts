import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { cameraReasonTexts } from '../../control-panel/lib/camera/i18n-camera.ts'
import { panelTexts } from '../../control-panel/panel/i18n-panel.ts'
import { limitOf, percentile } from '../scene/wait.ts'
import { type Built, build, pause, says, until } from './built.ts'
import { type Panel, visit } from './panel-page.ts'
import { meeting } from './panel-scene.ts'

/** The pad that turns a camera: it runs while it is held, and however the holding ends, a stop comes. */

const arrow = `.pad button[aria-label="${panelTexts.ko.right}"]`

let built: Built
let panel: Panel

beforeAll(async () => {
	built = await build()
})
beforeEach(async () => {
	panel = await visit(built, 'camera')
	await panel.page.waitForSelector(arrow)
	panel.room.received.length = 0
})
afterEach(() => panel?.close())
afterAll(() => built?.close())

const moved = () => until('a first movement', () => panel.commands('camera.move').length > 0)

/** Presses the arrow by mouse, and waits for the first word. */
async function hold() {
	const { x, y } = await panel.middleOf(arrow)
	await panel.page.mouse.move(x, y)
	await panel.page.mouse.down()
	await moved()
}

async function stopped() {
	await until('a stop', () => panel.commands('camera.stop').length > 0)
	const moves = panel.commands('camera.move').length
	await pause(400)
	expect(panel.commands('camera.move')).toHaveLength(moves)
}

/** Promised, on a machine that does nothing else. */
const promptMs = 100
/** The dead-man would stop the camera. */
const deadManMs = 400

it('moves the camera at once when it is pressed, and renews while it is held', async () => {
	const { page } = panel
	// Between the event in the page and the message at the room, both measured where they happen.
	await page.evaluate(() =>
		addEventListener('pointerdown', () => (window.name = String(Date.now())), { capture: true }),
	)
	await hold()
	const first = panel.commands('camera.move')[0]
	const pressedAt = Number(await page.evaluate(() => window.name))
	expect((first?.at ?? 0) + performance.timeOrigin - pressedAt).toBeLessThan(limitOf(promptMs))
	await until('it to be renewed', () => panel.commands('camera.move').length >= 5)
	await page.mouse.up()
	await stopped()
	const moves = panel.commands('camera.move')
	const gaps = moves.slice(1).map(({ at }, index) => at - (moves[index]?.at ?? 0))
	expect(percentile(gaps, 0.5)).toBeLessThan(limitOf(deadManMs))
	for (const { command } of moves) expect(command).toMatchObject({ pan: expect.toSatisfy((pan) => pan > 0), tilt: 0 })
})

it('stops when the pointer slides off and is lifted elsewhere', async () => {
	await hold()
	await panel.page.mouse.move(5, 5)
	expect(panel.commands('camera.stop')).toHaveLength(0)
	await panel.page.mouse.up()
	await stopped()
})

it('stops when the touch is cancelled', async () => {
	const { x, y } = await panel.middleOf(arrow)
	const session = await panel.page.createCDPSession()
	await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] })
	await moved()
	await session.send('Input.dispatchTouchEvent', { type: 'touchCancel', touchPoints: [] })
	await stopped()
})

it('stops when the window loses the focus', async () => {
	await hold()
	await panel.page.evaluate(() => dispatchEvent(new Event('blur')))
	await stopped()
	await panel.page.mouse.up()
})

it('stops when the tab is hidden', async () => {
	await hold()
	const other = await built.browser.newPage()
	await other.bringToFront()
	await stopped()
	await other.close()
})

it('stops when the screen changes under the finger', async () => {
	await hold()
	panel.room.change({
		call: { phase: 'joining', meeting: meeting(), reason: null, since: Date.now(), recovering: true },
	})
	panel.room.change({ cameras: [] })
	await stopped()
	await panel.page.mouse.up()
})

it('asks no more of a camera that another drives, and says so', async () => {
	panel.room.answer = ({ type }) => (type === 'camera.move' ? { ok: false, code: 'leased', message: '' } : { ok: true })
	await hold()
	await panel.page.waitForFunction(() => document.querySelector('[role=alert] section') !== null)
	await stopped() // and nothing after that, though the finger stays
	await panel.page.mouse.up()
})

it('is driven by the arrow keys, whose repeats change nothing', async () => {
	const { page } = panel
	await page.keyboard.down('ArrowUp')
	await page.keyboard.down('ArrowUp') // as the system repeats it
	await moved()
	await page.keyboard.up('ArrowUp')
	await stopped()
	const [first] = panel.commands('camera.move')
	expect(first?.command).toMatchObject({ pan: 0, zoom: 0 })
	expect(panel.commands('camera.stop')).toHaveLength(1)
})

it('drags from the centre: further is faster, and a stop comes first', async () => {
	const { mouse } = panel.page
	const { x, y } = await panel.middleOf('.pad .centre')
	await mouse.move(x, y)
	await mouse.down()
	await until('the stop of a pressed centre', () => panel.commands('camera.stop').length === 1)
	await mouse.move(x + 50, y)
	await until('slow', () => panel.commands('camera.move').length > 0)
	await mouse.move(x + 400, y)
	const pans = () => panel.commands('camera.move').map(({ command }) => ('pan' in command ? command.pan : 0))
	expect(pans()[0]).toBeGreaterThan(0)
	await until('fast', () => (pans().at(-1) ?? 0) > (pans()[0] ?? 1) * 2)
	await mouse.up()
})

it('shows that the camera does not follow', async () => {
	await hold()
	await says(panel.page, cameraReasonTexts.ko['not-following'] ?? '?')
	await panel.page.mouse.up()
})
