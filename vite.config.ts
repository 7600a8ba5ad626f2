import { globSync, readFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

/** A classic script as it stands: pages of other sites load it, by a name that never changes. */
const embedScript: Plugin = {
	name: 'embed-script',
	applyToEnvironment: ({ name }) => name === 'watch',
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

/** What the attendee page imports as soon as it has begun: fetched and read beside its first script, not after it. */
const attend = {
	page: /\/attend\/index\.html$/,
	drawing: /\/control-panel\/attend\/AttendPage\.svelte$/,
	media: /\/mediasoup-client\/lib\/index\.js$/,
}

const preloadedSoon: Plugin = {
	name: 'preloaded-soon',
	transformIndexHtml: {
		order: 'post',
		handler: (_, { filename, bundle }) =>
			Object.values(bundle ?? {}).flatMap((file) => {
				if (file.type !== 'chunk' || !attend.page.test(filename)) return []
				const ids = [file.facadeModuleId ?? '', ...file.moduleIds]
				if (!ids.some((id) => attend.drawing.test(id) || attend.media.test(id))) return []
				// Behind the first script, which is read before them.
				const soon = (rel: string, name: string) => ({
					...{ tag: 'link', attrs: { rel, crossorigin: true, href: `/${name}` } },
					injectTo: 'head' as const,
				})
				const styles = [...(file.viteMetadata?.importedCss ?? [])].filter((name) => name.includes('drawing'))
				return [soon('modulepreload', file.fileName), ...styles.map((name) => soon('stylesheet', name))]
			}),
	},
}

/** Each a folder with a beginning of its own. */
const pages = globSync('*/index.html', { cwd: resolve(import.meta.dirname, 'control-panel') }).map(dirname)

/** Vite takes no hyphens in the name of an environment. */
const named = (page: string) => page.replaceAll('-', '_')

/**
 * The pages, each built by itself: nobody opens several, and what they have in common would fall into some forty scripts of
 * a kilobyte, each of which a browser asks for, before anything is to be seen.
 */
export default defineConfig({
	root: 'control-panel',
	plugins: [
		svelte({ configFile: resolve(import.meta.dirname, 'svelte.config.js') }),
		embedScript,
		preloadedSoon,
		compressedBeside,
	],
	build: {
		outDir: 'dist',
		emptyOutDir: false, // once, before the first page: below
		target: 'chrome120',
		assetsInlineLimit: 0, // the content security policy allows no data: fonts or scripts
		modulePreload: { polyfill: false },
		chunkSizeWarningLimit: 600, // hls.js is one, and only fetched where it plays
	},
	environments: Object.fromEntries(
		pages.map((page) => [
			named(page),
			{
				consumer: 'client',
				build: {
					rolldownOptions: {
						input: { [page]: resolve(import.meta.dirname, `control-panel/${page}/index.html`) },
						// All that is needed at once is one script; so is what the attendee page draws.
						output: {
							codeSplitting: {
								groups: [
									{ name: `${page}-first`, tags: ['$initial' as const], priority: 2 },
									...(page === 'attend' ? [{ name: `${page}-drawing`, test: attend.drawing, priority: 1 }] : []),
								],
							},
						},
					},
				},
			},
		]),
	),
	builder: {
		async buildApp({ config, environments, build }) {
			await rm(resolve(config.root, config.build.outDir), { recursive: true, force: true })
			for (const page of pages) {
				const environment = environments[named(page)]
				if (environment) await build(environment)
			}
		},
	},
})
