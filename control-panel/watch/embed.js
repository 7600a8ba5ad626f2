/*
 * Shows the relay of a meeting within a page of another site, wherever an element names its address:
 *
 *   <script src="https://maru.city.example:8443/watch/embed.js" defer></script>
 *   <div data-maru-relay="https://maru.city.example:8443/watch#eyJ…"></div>
 *
 * The address is a viewer's link, whole, or `…/watch?meeting=ID` where a portal says who asks. As wide as what it stands in, and as high as
 * its own style says, else 16:9. `data-language="en"` where the page itself does not say so by `lang`. The same without a script:
 *
 *   <iframe src="https://maru.city.example:8443/watch#eyJ…" title="회의 중계" referrerpolicy="no-referrer"
 *     allow="autoplay; fullscreen; picture-in-picture; camera; microphone; display-capture"
 *     style="width: 100%; aspect-ratio: 16 / 9; border: 0"></iframe>
 *
 * The hub's configuration (`relay.embed`) says which sites may. Where a browser does not let it be, that is said, with a button
 * that opens a window: a page with https may hold none without, and within a page without https nobody is given a microphone.
 */
{
	/** What a frame shows that is forbidden arrives as quickly as anything; then nothing follows. */
	const answerMs = 3000
	const longestMs = 20_000
	const words = {
		ko: {
			title: '회의 중계',
			loading: '중계를 불러오는 중…',
			own: '새 창에서 보기',
			refused: '이 페이지 안에는 중계가 나오지 않습니다',
			refusedHint: '새 창에서는 볼 수 있습니다.',
			refusedWhy: (site) => `담당자: 서버에 닿지 않거나, 설정 relay.embed에 ${site} 없음`,
			mixed: '보안 페이지(https) 안에는 http 주소의 중계를 띄울 수 없습니다',
			incapable: '이 페이지 안에서는 재생할 수 없습니다',
			insecure: '보안 연결(https)이 아닌 페이지입니다. 시청은 되지만, 회의에 불려 들어가 말하려면 새 창이 필요합니다.',
		},
		en: {
			title: 'Meeting relay',
			loading: 'Loading the relay…',
			own: 'Watch in a new window',
			refused: 'The relay does not show within this page',
			refusedHint: 'It can be watched in a new window.',
			refusedWhy: (site) => `For IT staff: no way to the server, or ${site} is not in relay.embed`,
			mixed: 'A secure page (https) cannot show a relay whose address is http',
			incapable: 'It cannot be played within this page',
			insecure:
				'This page is not secure (https). You can watch; to be called into the meeting and speak, open a new window.',
		},
	}
	const style = `
		:host { display: flex; flex-direction: column; width: 100%; font: 500 15px/1.45 "Pretendard GOV", "Noto Sans KR", system-ui, sans-serif; word-break: keep-all }
		.box { position: relative; flex: 1 1 auto; min-height: 0; aspect-ratio: 16 / 9; background: #0e141b; overflow: hidden }
		iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; color-scheme: dark }
		.slate { position: absolute; inset: 0; padding: 12px 16px; display: grid; place-content: center; justify-items: center; gap: 6px; text-align: center; text-wrap: balance; background: #0e141b; color: #f2f5f8 }
		.slate p, .bar p { margin: 0 }
		.slate a { margin: 6px 0 }
		.slate b { font-size: 17px }
		.slate small { color: #a9b6c4; font-size: 13px; overflow-wrap: anywhere }
		.turning { width: 28px; height: 28px; border-radius: 50%; border: 3px solid #2c3947; border-top-color: #4f9cf9; animation: turn 1.2s linear infinite }
		@keyframes turn { to { transform: rotate(360deg) } }
		@media (prefers-reduced-motion: reduce) { .turning { animation-duration: 6s } }
		a { flex: none; display: inline-block; padding: 9px 18px; border-radius: 10px; background: #4f9cf9; color: #08121d; font-weight: 700; text-decoration: none }
		a:focus-visible { outline: 3px solid #fff; outline-offset: 2px; box-shadow: 0 0 0 6px #08121d }
		.bar { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; padding: 10px 14px; background: #fff4d6; color: #3d2e00; font-size: 14px }
		.bar p { flex: 1 1 220px }
		.bar a { background: #3d2e00; color: #fff }
		@container (max-height: 200px) { .slate { gap: 4px } .slate b { font-size: 15px } .slate small { font-size: 12px } a { padding: 7px 16px } }
		.box { container-type: size }`

	const make = (name, properties, ...children) => {
		const made = Object.assign(document.createElement(name), properties)
		made.append(...children)
		return made
	}

	function languageOf(place) {
		const said = place.dataset.language ?? place.closest('[lang]')?.lang ?? ''
		return said.startsWith('en') ? 'en' : 'ko'
	}

	function addressOf(text, language) {
		const address = URL.canParse(text, document.baseURI) ? new URL(text, document.baseURI) : null
		if (address === null || !/^https?:$/.test(address.protocol)) return null
		address.searchParams.set('language', language)
		return address
	}

	const isLocal = ({ hostname }) => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
	const plays = () => 'RTCPeerConnection' in window || 'MediaSource' in window || 'ManagedMediaSource' in window

	function show(place) {
		const language = languageOf(place)
		const text = words[language]
		const address = addressOf(place.dataset.maruRelay, language)
		if (address === null) return console.error('maru: data-maru-relay is not an address', place)
		const root = place.attachShadow({ mode: 'open' })
		// Made by hand: the page's own policy may forbid style elements.
		const sheet = new CSSStyleSheet()
		sheet.replaceSync(style)
		root.adoptedStyleSheets = [sheet]
		const own = () => make('a', { href: address.href, target: '_blank', rel: 'noopener', textContent: text.own })
		const slate = make('div', { className: 'slate', lang: language })
		slate.setAttribute('role', 'status')
		const say = (title, hint, why = '') =>
			slate.replaceChildren(
				make('p', {}, make('b', { textContent: title })),
				make('p', { textContent: hint, hidden: hint === '' }),
				own(),
				make('small', { textContent: why, hidden: why === '' }),
			)
		const box = make('div', { className: 'box' }, slate)
		root.append(box)
		if (location.protocol === 'https:' && address.protocol === 'http:' && !isLocal(address)) return say(text.mixed, '')
		if (!plays()) return say(text.incapable, '')
		slate.append(make('i', { className: 'turning' }), make('p', { textContent: text.loading }))
		box.prepend(
			frame(address, text.title, slate, () => say(text.refused, text.refusedHint, text.refusedWhy(location.origin))),
		)
		if (!isSecureContext)
			root.append(make('div', { className: 'bar', lang: language }, make('p', { textContent: text.insecure }), own()))
	}

	/** The page within says when it is there; of one that may not be there nobody tells. */
	function frame(address, title, slate, onRefused) {
		const made = make('iframe', { title, referrerPolicy: 'no-referrer', allowFullscreen: true })
		made.allow = 'autoplay; fullscreen; picture-in-picture; camera; microphone; display-capture'
		let timer = setTimeout(onRefused, longestMs)
		made.addEventListener('load', () => {
			clearTimeout(timer)
			if (slate.isConnected) timer = setTimeout(onRefused, answerMs)
		})
		addEventListener('message', ({ source, origin, data }) => {
			if (source !== made.contentWindow || origin !== address.origin || data?.maru !== 'watch') return
			clearTimeout(timer)
			slate.remove()
		})
		made.src = address.href
		return made
	}

	/** Pages that draw themselves by script bring theirs later. */
	function look() {
		for (const place of document.querySelectorAll('[data-maru-relay]')) if (!place.shadowRoot) show(place)
	}
	new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true })
	look()
}
