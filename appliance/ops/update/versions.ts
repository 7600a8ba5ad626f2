/** Which of two versions is newer, as dpkg has it (Debian Policy, chapter 5.6.12). Pure. */

/** Below 0: the first is older; above: newer; 0: the same. */
export function compareVersions(one: string, other: string): number {
	const [a, b] = [parse(one), parse(other)]
	return a.epoch - b.epoch || compareParts(a.upstream, b.upstream) || compareParts(a.revision, b.revision)
}

function parse(version: string) {
	const colon = version.indexOf(':')
	const rest = version.slice(colon + 1)
	const dash = rest.lastIndexOf('-')
	return {
		epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
		upstream: dash < 0 ? rest : rest.slice(0, dash),
		revision: dash < 0 ? '' : rest.slice(dash + 1),
	}
}

/** By turns what is no number, sign by sign, and a number. */
function compareParts(one: string, other: string): number {
	let [a, b] = [one, other]
	while (a !== '' || b !== '') {
		const [wordA = '', wordB = ''] = [/^\D*/.exec(a)?.[0], /^\D*/.exec(b)?.[0]]
		const words = compareWords(wordA, wordB)
		if (words !== 0) return words
		a = a.slice(wordA.length)
		b = b.slice(wordB.length)
		const [digitsA = '', digitsB = ''] = [/^\d*/.exec(a)?.[0], /^\d*/.exec(b)?.[0]]
		const [numberA, numberB] = [BigInt(digitsA || '0'), BigInt(digitsB || '0')]
		if (numberA !== numberB) return numberA < numberB ? -1 : 1
		a = a.slice(digitsA.length)
		b = b.slice(digitsB.length)
	}
	return 0
}

function compareWords(one: string, other: string): number {
	for (let i = 0; i < Math.max(one.length, other.length); i++) {
		const difference = weight(one[i]) - weight(other[i])
		if (difference !== 0) return difference
	}
	return 0
}

/** A tilde is before the end, the end before letters, letters before everything else. */
function weight(sign: string | undefined): number {
	if (sign === undefined) return 0
	if (sign === '~') return -1
	return /[A-Za-z]/.test(sign) ? sign.charCodeAt(0) : sign.charCodeAt(0) + 256
}
