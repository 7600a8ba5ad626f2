import { readFileSync } from 'node:fs'

/**
 * Imported before a program (`node --import`): what JavaScript takes for the time is off by as many milliseconds as the
 * file MARU_CLOCK says, from one moment to the next, as where somebody sets the machine's clock. Timers run on, as they do there.
 */

const file = process.env.MARU_CLOCK ?? ''
const RealDate = Date
let shiftMs = read()
setInterval(() => {
	shiftMs = read()
}, 20).unref()

function read(): number {
	try {
		return Number(readFileSync(file, 'utf8'))
	} catch {
		return 0
	}
}

const now = () => RealDate.now() + shiftMs

globalThis.Date = new Proxy(RealDate, {
	construct: (target, words: unknown[], of) => Reflect.construct(target, words.length === 0 ? [now()] : words, of),
	apply: () => new RealDate(now()).toString(),
	get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
})
