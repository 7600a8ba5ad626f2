/**
 * The one way to write a value as JSON, so that its hash is the same wherever it is made: keys sorted by their UTF-16
 * units, no spaces (RFC 8785; our numbers are integers).
 */
export function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
	if (value === null || typeof value !== 'object') return JSON.stringify(value)
	const fields = Object.entries(value)
		.filter(([, field]) => field !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : 1))
	return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`
}
