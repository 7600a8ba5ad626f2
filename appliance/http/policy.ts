/** What our pages may load, and which pages may show them in a frame. */

export function policy(frameAncestors: readonly string[]) {
	return {
		useDefaults: false,
		directives: {
			defaultSrc: ["'self'"],
			connectSrc: ["'self'", 'ws:', 'wss:'],
			imgSrc: ["'self'", 'blob:'],
			mediaSrc: ["'self'", 'blob:'],
			objectSrc: ["'none'"],
			baseUri: ["'none'"],
			formAction: ["'none'"],
			frameAncestors: [...frameAncestors],
		},
	}
}

/** For the one page that may be framed. X-Frame-Options knows no sites, and would forbid all of them. */
export function framedBy(sites: readonly string[]) {
	return sites.length === 0 ? {} : { contentSecurityPolicy: policy(sites), xFrameOptions: false as const }
}

/** Of an answer that comes before everything else: it is no page, and loads nothing. */
export const bareHeaders = {
	'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
} as const
