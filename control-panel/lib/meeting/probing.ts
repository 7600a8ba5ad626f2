import { Silence } from './silence.ts'

/** A person's network is back within seconds or not at all. */
const everyMs = 4000
export const probeAnswerMs = 4000
/** Nothing more of what was coming for so long: it is asked at once whether the hub is there, by a second way if need be. */
const silentMs = 1000
const doubtedAnswerMs = 1500
const lookMs = 300

/**
 * A link that is silent but not closed (a cable pulled, a hub that hangs) is found out only by asking: now and then, and
 * once as soon as pictures and sound stop coming, which may also mean nothing. Answers how to end it.
 */
export function keepProbing(around: {
	/** A mark of what came last, as `Silence` takes it. */
	lastPacket(): number
	ask(withinMs: number): void
	/** The link is silent: what was asked just now may not arrive. */
	doubt(): void
}): () => void {
	const silence = new Silence(silentMs)
	let asked = performance.now()
	const timer = setInterval(() => {
		const now = performance.now()
		const silent = silence.look(now, around.lastPacket())
		if (!silent && now - asked < everyMs) return
		asked = now
		around.ask(silent ? doubtedAnswerMs : probeAnswerMs)
		if (silent) around.doubt()
	}, lookMs)
	return () => clearInterval(timer)
}
