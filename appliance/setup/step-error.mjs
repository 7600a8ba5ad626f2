/** A failure that the person at the keyboard can do something about: what happened, and what to do. */
export class StepError extends Error {
	/** `output`: all that the failed program said, for a step that can tell what it means. */
	constructor(message, advice, output = '') {
		super(message)
		this.advice = advice
		this.output = output
	}
}

/** One that says of this machine that it cannot have what was asked for, and nothing of Maru. */
export class Unavailable extends StepError {}
