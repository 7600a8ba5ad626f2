import type { AuditKind } from '../protocol/audit.ts'

/** What kind of act it was, by the words of it: a command, a request, or what the appliance says itself. The first that fits. */
const kinds: readonly (readonly [AuditKind, RegExp])[] = [
	['audit', /^GET \/api\/v1\/audit/],
	['update', /^(update|rollback|program)\b|\/updates?\b/],
	['token', /\btokens?\b(?!\.refused)|\blinks\b|\/panels\/|\/counsel\/visits\/[^/]+\/seats/],
	['sign-in', /sign-?(in|out)|log-?(in|out)|\bsessions?\b|\bpair|password|\bpin\b|refused/],
	['role', /^(person\.(role|remove|rename|still|stopCamera)|roll|lobby|feed\.let)|account|\/(roll|people)\b/],
	['microphone', /^(floor\.|person\.|hall\.|room\.mute)|\/floor\/|\/mic\b|\/room\/mute/],
	['export', /^GET |^(backup|restore|export)\b/],
	[
		'configuration',
		/^configuration|\/facilities\/|^PUT \/api\/v1\/(seats\/[^/ ]+|cameras\/[^/]+\/presets)( |$)|setting/,
	],
	['camera', /^(camera|preset|feed)\.|\/cameras\//],
]

export function kindOf(action: string): AuditKind {
	return kinds.find(([, words]) => words.test(action))?.[0] ?? 'meeting'
}
