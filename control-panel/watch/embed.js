/*
 * Puts the relay of a meeting into another page, there where this script stands:
 *
 *   <script src="https://hub.city.example:8443/watch/embed.js" data-meeting-link="https://hub.city.example:8443/watch#eyJ…"></script>
 *
 * `data-meeting-link` is the meeting's link for viewers, whole. The same without a script, as wide as what it stands in:
 *
 *   <iframe src="https://hub.city.example:8443/watch#eyJ…" title="회의 중계" allow="autoplay; fullscreen; picture-in-picture"
 *     style="width: 100%; aspect-ratio: 16 / 9; border: 0"></iframe>
 *
 * The hub's configuration says which sites may do so. Nothing depends on cookies. Of a page without https browsers take some
 * abilities away, and from what stands in it too: where too little is left to play by, a button opens a window of its own.
 */
{
	const script = document.currentScript
	const link = script?.dataset.meetingLink && new URL(script.dataset.meetingLink, script.src)
	if (link && (link.protocol === 'https:' || link.protocol === 'http:')) {
		const korean = !document.documentElement.lang.startsWith('en')
		const plays = 'RTCPeerConnection' in window || 'MediaSource' in window || 'ManagedMediaSource' in window
		script.after(plays ? frame(link.href, korean) : opener(link.href, korean))
	}

	function frame(address, korean) {
		const made = document.createElement('iframe')
		made.src = address
		made.title = korean ? '회의 중계' : 'Meeting relay'
		made.allow = 'autoplay; fullscreen; picture-in-picture'
		made.referrerPolicy = 'no-referrer'
		Object.assign(made.style, { display: 'block', width: '100%', aspectRatio: '16 / 9', border: '0' })
		return made
	}

	function opener(address, korean) {
		const made = document.createElement('button')
		made.type = 'button'
		made.textContent = korean ? '새 창에서 중계 보기' : 'Watch the relay in a new window'
		made.onclick = () => window.open(address, '_blank', 'noopener,width=1280,height=760')
		return made
	}
}
