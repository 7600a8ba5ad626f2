import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { lengthyTests } from './appliance/setup/lengthy-tests.mjs'

/** Whole meetings with pictures and sound keep both cores busy, and what is found dead by a clock must not be starved. */
const alone = [
	'test/browser/attend{,-stage}.test.ts',
	'test/devices/{kill,proof,runaway}.test.ts',
	'test/media/gate*.test.ts',
	'test/room/{pictures-layers,stage}.live.test.ts',
	'test/scene/{call,council,floor,kills,meeting-kills,relay,return}.test.ts',
]
/** Tests with real browsers, workers and processes: they wait more than they work, so two files run at a time. */
const live = [
	'test/{browser,browser-launch,devices,media,scene}/**/*.test.ts',
	'test/{chaos,documents,drivers,http,minutes,relay,room,ops}/**/*.live.test.ts',
]
/** None asserts a time that a busy machine could not keep: what is promised is measured by `npm run test:long`, alone. */
const shared = {
	...{ environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 },
	alias: { 'fast-check': resolve(import.meta.dirname, 'test/seeded-fast-check.ts') },
} as const
/** Browsers and services are started and made to fail: what a quiet machine does in ten seconds takes a busy one minutes. */
const patient = { ...shared, testTimeout: 240_000, hookTimeout: 240_000 } as const

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
					exclude: [...live, 'test/{long,vm,systemd}/**'],
					maxWorkers: 2,
					sequence: { groupOrder: 0 },
				},
			},
			{
				test: {
					...patient,
					name: 'live',
					include: live,
					exclude: [...alone, ...lengthyTests],
					maxWorkers: 2,
					sequence: { groupOrder: 1 },
				},
			},
			{
				test: {
					...patient,
					name: 'alone',
					include: alone,
					maxWorkers: 1,
					fileParallelism: false,
					sequence: { groupOrder: 2 },
				},
			},
		],
	},
})
