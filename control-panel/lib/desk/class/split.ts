/** People into so many groups, in turns: sizes differ by one at most. */
export function splitEvenly(people: readonly string[], count: number): string[][] {
	const groups: string[][] = Array.from({ length: count }, () => [])
	for (const [i, person] of people.entries()) groups[i % count]?.push(person)
	return groups
}
