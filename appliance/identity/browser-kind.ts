/** What a browser says of itself, in a word or two: 'Chrome · Android'. The first that fits; who says nothing is '?'. */

const systems = [
	[/iPad/, 'iPad'],
	[/iPhone/, 'iPhone'],
	[/Android/, 'Android'],
	[/CrOS/, 'ChromeOS'],
	[/Windows/, 'Windows'],
	[/Mac OS X|Macintosh/, 'Mac'],
	[/Linux/, 'Linux'],
] as const
/** Each of the later ones says that it is one of the earlier, too. */
const browsers = [
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Whale\//, 'Whale'],
	[/Edg[A-Z]*\//, 'Edge'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|Chromium\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari'],
] as const

export function browserKind(userAgent: string | undefined): string {
	const first = (list: readonly (readonly [RegExp, string])[]) =>
		list.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
	return [first(browsers), first(systems)].filter((word) => word !== undefined).join(' · ') || '?'
}
