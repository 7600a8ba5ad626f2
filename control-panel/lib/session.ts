/** Trades the token for a session cookie, which pictures need: they are asked for without a header of ours. */
export async function openSession(token: string): Promise<boolean> {
	try {
		const response = await fetch('/api/v1/session', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ token }),
		})
		return response.ok
	} catch {
		return false // the room is away: the socket says so, and the next connection asks again
	}
}
