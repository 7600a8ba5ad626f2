/** The text of each check, in i18n-desk. */
export const checkNames = {
	microphone: 'checkMic',
	camera: 'checkCamera',
	network: 'checkNetwork',
	slides: 'checkSlides',
} as const

/** What each finding means and what helps, in i18n-desk; null: nothing to say beyond the word for it. */
export const findings = {
	microphone: { ok: 'micOk', weak: 'micBad', bad: 'micBad', none: 'micNone', unknown: 'micUnknown' },
	camera: { ok: 'cameraOk', weak: 'cameraBad', bad: 'cameraBad', none: 'cameraNone', unknown: 'cameraNone' },
	network: { ok: 'netOk', weak: 'netWeak', bad: 'netBad', none: 'netNone', unknown: 'netNone' },
	slides: { ok: 'slidesOk', weak: 'slidesWeak', bad: 'slidesBad', none: 'slidesNone', unknown: 'slidesUnknown' },
} as const
