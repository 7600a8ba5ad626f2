import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** A classic script as it stands: pages of other sites load it, by a name that never changes. */
const embedScript: Plugin = {
	name: 'embed-script',
	generateBundle() {
		const source = readFileSync(resolve(import.meta.dirname, 'control-panel/watch/embed.js'))
		this.emitFile({ type: 'asset', fileName: 'watch/embed.js', source })
	},
}

/** Each file once more as it is sent, so that the service compresses nothing when it starts (appliance/http/pages.ts). */
const compressedBeside: Plugin = {
	name: 'compressed-beside',
	async writeBundle({ dir = '' }, bundle) {
		const params = { [constants.BROTLI_PARAM_QUALITY]: 9 }
		const names = Object.keys(bundle).filter((name) => !name.endsWith('.woff2'))
		await Promise.all(
			names.map(async (name) => {
				const plain = await readFile(join(dir, name))
				await writeFile(join(dir, `${name}.br`), await promisify(brotliCompress)(plain, { params }))
				await writeFile(join(dir, `${name}.gz`), await promisify(gzip)(plain))
			}),
		)
	},
}

/** The pages. Each is small on its own: what only one page needs is never in a chunk that another loads. */
export default defineConfig({
	root: 'control-panel',
	plugins: [svelte({ configFile: resolve(import.meta.dirname, 'svelte.config.js') }), embedScript, compressedBeside],
	build: {
		outDir: 'dist',
		emptyOutDir: true,
		target: 'chrome120',
		assetsInlineLimit: 0, // the content security policy allows no data: fonts or scripts
		modulePreload: { polyfill: false },
		chunkSizeWarningLimit: 600, // hls.js is one, and only fetched where it plays
		rolldownOptions: {
			output: {
				// One chunk for what every component needs: left to itself it falls into three, each imported by all others.
				codeSplitting: {
					groups: [{ name: 'svelte', test: /svelte\/src\/internal\/(disclose-version|client)/ }],
				},
			},
			input: {
				panel: resolve(import.meta.dirname, 'control-panel/panel/index.html'),
				console: resolve(import.meta.dirname, 'control-panel/console/index.html'),
				attend: resolve(import.meta.dirname, 'control-panel/attend/index.html'),
				watch: resolve(import.meta.dirname, 'control-panel/watch/index.html'),
				stage: resolve(import.meta.dirname, 'control-panel/stage/index.html'),
				programme: resolve(import.meta.dirname, 'control-panel/programme/index.html'),
				recordings: resolve(import.meta.dirname, 'control-panel/recordings/index.html'),
				kiosk: resolve(import.meta.dirname, 'control-panel/kiosk/index.html'),
				lobby: resolve(import.meta.dirname, 'control-panel/lobby/index.html'),
				visit: resolve(import.meta.dirname, 'control-panel/visit/index.html'),
				counsel: resolve(import.meta.dirname, 'control-panel/counsel/index.html'),
				'check-in': resolve(import.meta.dirname, 'control-panel/check-in/index.html'),
			},
		},
	},
})
