/**
 * RFC 9110 §14.2, one range of bytes. Null: the whole (there is none, or one that may be ignored: several ranges, another unit).
 * Both ends are within the file.
 */
export function readRange(
	header: string | undefined,
	size: number,
): { from: number; to: number } | 'unsatisfiable' | null {
	const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
	if (!found || (found[1] === '' && found[2] === '')) return null
	const [first, last] = [found[1], found[2]].map((digits) => (digits ? Number(digits) : null))
	if (first === null || first === undefined) {
		const length = Math.min(last ?? 0, size)
		return length > 0 ? { from: size - length, to: size - 1 } : 'unsatisfiable'
	}
	if (last !== null && last !== undefined && last < first) return null
	return first < size ? { from: first, to: Math.min(last ?? size - 1, size - 1) } : 'unsatisfiable'
}
