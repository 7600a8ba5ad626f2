import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMetrics } from '../../appliance/ops/metrics.ts'
import { camera, microphone, openSite, panel, type Site } from '../hub/site.ts'

/** What Prometheus reads of a real hub with a real SFU. */

let site: Site

beforeAll(async () => {
	site = await openSite()
})
afterAll(() => site.close())

function metrics() {
	return createMetrics(async () => ({
		...site.hub.figures(),
		...{ build: 'b1', workers: await site.sfu.usage(), cameras: ['ready', 'ready', 'failed'] },
		...{ inCall: true, muted: false, stageReady: true, devicesRun: true },
	}))
}

it('counts meetings, people, what they send, workers and cameras, and names nobody', async () => {
	const { id, links } = await site.hub.create({ title: '비밀 회의', kind: 'council' })
	site.hub.transition(id, 'open', panel)
	const kim = await site.client(links.member)
	await kim.join({ name: '김철수' })
	await kim.open([microphone(), camera()])
	const lee = await site.client(links.chair)
	await lee.join({ name: '이의장', media: false })
	await kim.get({
		type: 'readiness.report',
		...{ microphone: 'ok', camera: 'ok', network: 'weak', rttMs: 20, lossPercent: 1 },
	})
	const { text, contentType } = metrics()
	const said = await text()
	expect(contentType).toMatch(/^text\/plain; version=0\.0\.4/)
	for (const line of [
		'maru_build_info{build="b1"} 1',
		'maru_meetings{phase="open"} 1',
		'maru_people{role="member"} 1',
		'maru_people{role="chair"} 1',
		'maru_people_away 0',
		'maru_lobby_waiting 0',
		'maru_people_network{quality="weak"} 1',
		'maru_sources{use="microphone"} 1',
		'maru_sources_live{use="camera"} 0',
		'maru_cameras{status="ready"} 2',
		'maru_cameras{status="failed"} 1',
		'maru_room{is="in_call"} 1',
		'maru_room{is="muted"} 0',
	]) {
		expect(said.split('\n')).toContain(line)
	}
	expect(said).toMatch(/^maru_sfu_worker_up\{port="\d+"\} 1$/m)
	expect(said).toMatch(/^maru_sfu_worker_memory_bytes\{port="\d+"\} \d{7,}$/m)
	expect(said).toMatch(/^nodejs_eventloop_lag_seconds /m)
	expect(said).not.toMatch(/김철수|이의장|비밀/)
})

it('counts anew each time: who has gone is counted no longer', async () => {
	const { text } = metrics()
	const [meeting] = site.hub.list()
	site.hub.transition(meeting?.id ?? '', 'close', panel)
	const said = await text()
	expect(await text()).not.toMatch(/maru_people\{role="member"\}/)
	expect(said).not.toMatch(/maru_meetings\{phase="open"\}/)
})

it('tells how long commands took to be answered, each by its name', async () => {
	const { text, answered } = metrics()
	answered('meeting.join', 0.03)
	answered('meeting.join', 0.3)
	const said = (await text()).split('\n')
	expect(said).toContain('maru_command_seconds_bucket{le="0.035",command="meeting.join"} 1')
	expect(said).toContain('maru_command_seconds_count{command="meeting.join"} 2')
})
