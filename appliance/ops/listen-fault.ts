/** What a failed listen means, in words: which port, and what to do. Other errors are passed on as they are. */
export function listenFault(error: unknown, host: string, port: number): unknown {
	const code = error instanceof Error && 'code' in error ? error.code : null
	const where = `${host}:${port}`
	if (code === 'EADDRINUSE') {
		return new Error(
			`Port ${port} is in use (${where}): end the program that uses it ('ss -ltnp sport = :${port}' names it), set another port in maru.yaml, or start with MARU_PORT=0`,
			{ cause: error },
		)
	}
	if (code === 'EACCES')
		return new Error(`${where} may not be opened: ports below 1024 need the right to bind them`, { cause: error })
	if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
		return new Error(`${host} is no address of this machine: see listen in maru.yaml`, { cause: error })
	return error
}
