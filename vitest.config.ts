import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

/** Tests with real browsers, workers and processes: one file at a time, because they measure and share two cores. */
const live = [
	'test/{browser,browser-launch,devices,media,scene}/**/*.test.ts',
	'test/{documents,drivers,minutes,room,ops}/**/*.live.test.ts',
]
const shared = { environment: 'node', testTimeout: 20_000, hookTimeout: 60_000 } as const

export default defineConfig({
	test: {
		reporters: process.env.CI ? ['default'] : ['default'],
		projects: [
			{
				plugins: [svelte()],
				resolve: { conditions: ['browser'] },
				test: {
					...shared,
					name: 'pure',
					include: ['test/**/*.test.ts'],
					exclude: [...live, 'test/long/**'],
					maxWorkers: 2,
					sequence: { groupOrder: 0 },
				},
			},
			{
				test: {
					...shared,
					name: 'live',
					include: live,
					testTimeout: 120_000,
					hookTimeout: 120_000,
					maxWorkers: 1,
					fileParallelism: false,
					sequence: { groupOrder: 1 },
				},
			},
		],
	},
})
