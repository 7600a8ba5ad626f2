import type { ErrorCode } from '../../../appliance/protocol/errors.ts'
import type { WaitingSlides } from '../../../appliance/protocol/floor.ts'

/**
 * Documents of a meeting over HTTP. Each request carries the link itself: a cookie would be one for all tabs of this
 * browser, and two meetings open in it would see each other's refusals.
 */

export interface Papers {
	/** A page as a picture of about this width in device pixels, as an object URL to be revoked. */
	page(document: string, page: number, width: number, signal: AbortSignal): Promise<string>
	/** What is shown while one waits to come in; null: nothing. Rejects where that is not known. */
	waiting(signal: AbortSignal): Promise<WaitingSlides | null>
	download(document: string, name: string): Promise<void>
	/** `onProgress`: 0..1 of what was sent. Resolves to null when taken, else why not. */
	upload(file: File, onProgress: (part: number) => void): Promise<ErrorCode | null>
}

/** One's own certificate of a class, into the browser's downloads. 'none': there is none. */
export async function certificateOf(
	meeting: string,
	token: string,
	language: 'ko' | 'en',
): Promise<'saved' | 'none' | 'failed'> {
	const path = `/api/v1/meetings/${encodeURIComponent(meeting)}/class/certificates/own.pdf?language=${language}`
	try {
		const answer = await fetch(path, { headers: { authorization: `Bearer ${token}` } })
		if (!answer.ok) return answer.status === 404 || answer.status === 403 ? 'none' : 'failed'
		const named = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')
		save(URL.createObjectURL(await answer.blob()), named?.[1] ?? 'certificate.pdf')
		return 'saved'
	} catch {
		return 'failed'
	}
}

function save(url: string, name: string) {
	const link = Object.assign(window.document.createElement('a'), { href: url, download: name })
	link.click()
	setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

/** `token` is asked each time: whoever is let in by a shared link gets one of their own. */
export function papersOf(meeting: string, token: () => string): Papers {
	const ofMeeting = `/api/v1/meetings/${encodeURIComponent(meeting)}`
	const base = `${ofMeeting}/documents`
	const headers = () => ({ authorization: `Bearer ${token()}` })

	async function fetchBlob(path: string, signal?: AbortSignal): Promise<Blob> {
		const answer = await fetch(`${base}/${path}`, { headers: headers(), ...(signal ? { signal } : {}) })
		if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
		return answer.blob()
	}

	return {
		async page(document, page, width, signal) {
			const blob = await fetchBlob(`${encodeURIComponent(document)}/pages/${page}.png?width=${width}`, signal)
			return URL.createObjectURL(blob)
		},
		async waiting(signal) {
			const answer = await fetch(`${ofMeeting}/waiting`, { headers: headers(), signal })
			if (!answer.ok) throw new Error(`waiting: ${answer.status}`)
			return ((await answer.json()) as { slides: WaitingSlides | null }).slides
		},
		async download(document, name) {
			save(URL.createObjectURL(await fetchBlob(encodeURIComponent(document))), name)
		},
		upload(file, onProgress) {
			// fetch tells nothing of how far an upload has come.
			return new Promise((resolve) => {
				const request = new XMLHttpRequest()
				request.open('POST', `${base}?name=${encodeURIComponent(file.name)}`)
				request.setRequestHeader('authorization', headers().authorization)
				request.setRequestHeader('content-type', 'application/octet-stream')
				request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0)
				request.onload = () => resolve(request.status < 300 ? null : codeOf(request.responseText))
				request.onerror = () => resolve('lost')
				request.send(file)
			})
		},
	}
}

function codeOf(text: string): ErrorCode {
	try {
		return (JSON.parse(text) as { code?: ErrorCode }).code ?? 'internal'
	} catch {
		return 'internal'
	}
}

/** Widths that pages are asked for in: few, so that the hub draws each of them once. */
const widths = [640, 1280, 1920]

export function pageWidth(pixels: number): number {
	return widths.find((width) => width >= pixels) ?? 1920
}
