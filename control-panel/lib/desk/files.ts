import type { Bearer } from './port.svelte.ts'

/** What the desk asks over HTTP beside its socket: files up and down, with the same right. */

function headers(bearer: Bearer): Record<string, string> {
	return bearer === null ? {} : { authorization: `Bearer ${bearer}` }
}

export const meetingPath = (meeting: string, rest: string) => `/api/v1/meetings/${encodeURIComponent(meeting)}/${rest}`

/** Fetches with this desk's right. Null: refused or out of reach. */
export async function fetchFile(bearer: Bearer, path: string): Promise<Response | null> {
	try {
		const response = await fetch(path, { headers: headers(bearer) })
		return response.ok ? response : null
	} catch {
		return null
	}
}

/** Hands a file to the browser's downloads. */
export function save(blob: Blob, name: string) {
	const address = URL.createObjectURL(blob)
	const link = document.createElement('a')
	link.href = address
	link.download = name
	link.click()
	setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** Sets a caption right; null: it was not said. False: refused or out of reach. */
export async function changeCaption(
	bearer: Bearer,
	meeting: string,
	id: string,
	text: string | null,
): Promise<boolean> {
	const path = meetingPath(meeting, `captions/${encodeURIComponent(id)}`)
	const [method, body] = text === null ? ['DELETE', null] : ['PUT', JSON.stringify({ text })]
	try {
		const json: Record<string, string> = body === null ? {} : { 'content-type': 'application/json' }
		return (await fetch(path, { method, headers: { ...headers(bearer), ...json }, body })).ok
	} catch {
		return false
	}
}

export interface Fault {
	line: number
	message: string
}

/** Enters a roll from a CSV file: how many, and what could not be read. Null: refused or out of reach. */
export async function enterRoll(
	bearer: Bearer,
	meeting: string,
	file: Blob,
): Promise<{ entered: number; faults: Fault[] } | null> {
	try {
		const response = await fetch(meetingPath(meeting, 'roll'), {
			method: 'POST',
			headers: { ...headers(bearer), 'content-type': 'text/csv' },
			body: file,
		})
		return response.ok ? await response.json() : null
	} catch {
		return null
	}
}

/** Sends a document, telling how much of it has gone (0..1). False: it was not taken. */
export function upload(bearer: Bearer, meeting: string, file: File, onSent: (share: number) => void): Promise<boolean> {
	return new Promise((resolve) => {
		const request = new XMLHttpRequest()
		request.open('POST', `${meetingPath(meeting, 'documents')}?name=${encodeURIComponent(file.name)}`)
		for (const [name, value] of Object.entries(headers(bearer))) request.setRequestHeader(name, value)
		request.setRequestHeader('content-type', 'application/octet-stream')
		request.upload.onprogress = ({ loaded, total }) => onSent(total > 0 ? loaded / total : 0)
		request.onload = () => resolve(request.status < 300)
		request.onerror = () => resolve(false)
		request.send(file)
	})
}
