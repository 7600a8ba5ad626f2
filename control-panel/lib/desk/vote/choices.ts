import type { VotePlan } from '../../../../appliance/protocol/meeting-commands.ts'

/** Choices from what was typed, one on each line; the same twice is one. At most twenty of 80 characters. */
export function choicesOf(text: string): NonNullable<VotePlan['choices']> {
	const lines = text.split('\n').map((line) => line.trim().slice(0, 80))
	return [...new Set(lines)]
		.filter((label) => label !== '')
		.slice(0, 20)
		.map((label, index) => ({ id: `c${index + 1}`, label }))
}
