import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

/** The built pages, in memory: there are few, they are asked for by eighty people at once, and they never change. */

export interface StoredFile {
	type: string
	etag: string
	plain: Buffer
	/** Null: what is compressed already. */
	readonly brotli: Buffer | null
	readonly gzip: Buffer | null
}

export interface Pages {
	/** By name, as in `pageNames`; and 'watch/embed.js'. */
	page(name: string): StoredFile | null
	/** By its name under /assets. */
	asset(name: string): StoredFile | null
	/** Changes with any file of the pages: a page of another build loads itself anew. */
	build: string
}

const types: Readonly<Record<string, string>> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.svg': 'image/svg+xml',
	'.json': 'application/json',
	'.woff2': 'font/woff2',
	'.wasm': 'application/wasm',
}
const compressed = new Set(['.woff2'])
/** 9 instead of 11: a tenth of the time, for two percent of size. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
/** Each a folder of control-panel/, and a path of its own. */
export const pageNames = [
	...(['panel', 'console', 'attend', 'watch', 'stage', 'programme', 'recordings', 'sign-in'] as const),
	...(['kiosk', 'lobby', 'visit', 'counsel', 'check-in'] as const),
] as const
/** Puts the watch page into other pages, by a name that never changes. */
export const embedScript = 'watch/embed.js'

/** Reads what `npm run build` made. Throws when it is not there. */
export function readPages(dist: string): Pages {
	if (!existsSync(join(dist, 'assets'))) throw new Error(`the pages are not built: there is no ${dist}; run npm start`)
	const assets = new Map(
		readdirSync(join(dist, 'assets'))
			.filter((name) => !/\.(br|gz)$/.test(name))
			.map((name) => [name, readStored(join(dist, 'assets', name))]),
	)
	const pages = new Map(
		pageNames.map((name): [string, StoredFile] => [name, readStored(join(dist, name, 'index.html'))]),
	)
	pages.set(embedScript, readStored(join(dist, embedScript)))
	const whole = createHash('sha256')
	for (const { etag } of [...pages.values(), ...assets.values()]) whole.update(etag)
	return {
		page: (name) => pages.get(name) ?? null,
		asset: (name) => assets.get(name) ?? null,
		build: whole.digest('hex').slice(0, 12),
	}
}

/** The build has left it compressed beside: to do that at each start took longer than all else. */
function readStored(file: string): StoredFile {
	const found = (ending: string) => (existsSync(`${file}${ending}`) ? readFileSync(`${file}${ending}`) : null)
	return stored(readFileSync(file), extname(file), { brotli: found('.br'), gzip: found('.gz') })
}

/** `made`: what is there already of it. The rest is made when the first one asks for it. */
export function stored(
	plain: Buffer,
	extension: string,
	made: Pick<StoredFile, 'brotli' | 'gzip'> = { brotli: null, gzip: null },
): StoredFile {
	const squeeze = !compressed.has(extension)
	let { brotli, gzip } = made
	return {
		type: types[extension] ?? 'application/octet-stream',
		etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
		plain,
		get brotli() {
			if (squeeze) brotli ??= brotliCompressSync(plain, brotliOptions)
			return brotli
		},
		get gzip() {
			if (squeeze) gzip ??= gzipSync(plain)
			return gzip
		},
	}
}
