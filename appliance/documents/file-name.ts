const charactersMost = 120

/**
 * A file's name as it is shown: one line of at most 120 characters, its ending kept, without the folders it came from and
 * without what would make it look like another: control characters, and marks that turn the direction of writing round.
 * macOS sends Hangul taken apart; it is put together again.
 */
export function cleanName(given: string): string {
	const own = given.split(/[/\\]/).at(-1) ?? ''
	const line = own
		.normalize('NFC')
		.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, ' ')
		.replace(/\s+/g, ' ')
		.replace(/^[\s.]+|[\s.]+$/g, '')
	const characters = [...line]
	if (characters.length === 0) return '문서'
	if (characters.length <= charactersMost) return line
	const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(line)?.[0] ?? ''
	return `${characters
		.slice(0, charactersMost - 1 - [...ending].length)
		.join('')
		.trimEnd()}…${ending}`
}
