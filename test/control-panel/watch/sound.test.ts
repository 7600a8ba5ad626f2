import { expect, it } from 'vitest'
import { Sound } from '../../../control-panel/watch/sound.svelte.ts'

/** A video of a browser that wants a press first, and answers a question only when told to. */
function video() {
	const questions: { aloud: boolean; answer(): void }[] = []
	let pressed = false
	const element = {
		muted: false,
		play: () =>
			new Promise<void>((resolve, reject) => {
				const aloud = !element.muted
				const refused = aloud && !pressed
				questions.push({
					aloud,
					answer: () => (refused ? reject(Object.assign(new Error(), { name: 'NotAllowedError' })) : resolve()),
				})
			}),
	}
	return { element: element as HTMLVideoElement, questions, press: () => (pressed = true) }
}

const nothingKept = { getItem: () => null, setItem: () => {}, lasts: false }

it('stays heard after a press, whatever is answered to what was asked before it', async () => {
	const sound = new Sound(nothingKept)
	const one = video()
	const first = sound.play(one.element, true)
	const second = sound.play(one.element, true)
	one.questions[0]?.answer()
	await Promise.resolve()
	await Promise.resolve()
	expect(sound.held).toBe(true)

	one.press()
	sound.toggle()
	one.element.muted = sound.silent // as the page does
	for (let asked = 1; asked < 4; asked++) {
		one.questions[asked]?.answer()
		await Promise.resolve()
		await Promise.resolve()
	}
	expect(await Promise.all([first, second])).toEqual([true, true])
	expect(sound).toMatchObject({ held: false, silent: false })
	expect(one.element.muted).toBe(false)
	expect(one.questions.at(-1)?.aloud).toBe(true)
})
