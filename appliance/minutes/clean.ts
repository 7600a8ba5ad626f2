/** Every text in it as one line of plain characters, so that the forms of the minutes need only escape. */
export function cleaned<T>(value: T): T {
	if (typeof value === 'string') return clean(value) as T
	if (Array.isArray(value)) return value.map(cleaned) as T
	if (typeof value !== 'object' || value === null) return value
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, cleaned(part)])) as T
}

/**
 * Control characters go, for XML knows none of them, and so do those that turn the direction of writing: a name that has
 * one would turn round what the minutes say after it (Unicode's annex 9, section 2).
 */
function clean(text: string): string {
	return (
		text
			.toWellFormed()
			.replace(/[\s\u0085]+/g, ' ')
			// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get through
			.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, '')
			.trim()
	)
}
