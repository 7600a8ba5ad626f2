import { describe, expect, it } from 'vitest'
import { flowsOf } from '../../../control-panel/lib/meeting/flows.ts'
import { faultOf } from '../../../control-panel/lib/meeting/network.ts'
import { reachOf } from '../../../control-panel/lib/meeting/network-check.ts'

describe('the reason for a weak network', () => {
	it.each([
		['ok', 40, 0, null],
		['unknown', null, null, null],
		['weak', 40, 5, 'lossy'],
		['weak', 350, 0, 'slow'],
		['bad', 700, 12, 'lossy'],
		['bad', 40, 0, 'broken'],
	] as const)('of grade %s at %s ms and %s %% lost is %s', (grade, rttMs, lossPercent, fault) => {
		expect(faultOf({ grade, rttMs, lossPercent })).toBe(fault)
	})

	it('is known before the join by the round trip alone', () => {
		expect([20, 301, 601].map(reachOf)).toEqual(['good', 'weak', 'bad'])
	})
})

describe('the figures of a stream', () => {
	const codec = { id: 'c', type: 'codec', mimeType: 'video/VP8' }
	const pair = { id: 'p', type: 'candidate-pair', nominated: true, currentRoundTripTime: 0.02 }
	const inbound = (bytes: number, packets: number, lost: number) => ({
		...{ id: 'i', type: 'inbound-rtp', kind: 'video', trackIdentifier: 't', codecId: 'c' },
		...{ bytesReceived: bytes, packetsReceived: packets, packetsLost: lost },
		...{ frameWidth: 320, frameHeight: 180, framesPerSecond: 14.6 },
	})

	it('received are what came since the last look', () => {
		const first = flowsOf([codec, pair, inbound(1000, 10, 0)], new Map(), 0)
		expect(first.flows).toMatchObject([{ kbps: null, lossPercent: null }])
		const { flows } = flowsOf([codec, pair, inbound(126_000, 100, 10)], first.counts, 1000)
		expect(flows).toEqual([
			{
				...{ id: 'i', way: 'received', kind: 'video', track: 't', layer: null, codec: 'VP8' },
				...{ size: { width: 320, height: 180, fps: 15 }, kbps: 1000, lossPercent: 10, rttMs: 20 },
			},
		])
	})

	it('sent are told by layer, with what the other end says of them; a layer that is off is none', () => {
		const report = (bytes: number, packets: number, lost: number) => [
			codec,
			{ id: 'm', type: 'media-source', trackIdentifier: 'own' },
			{ id: 'r', type: 'remote-inbound-rtp', roundTripTime: 0.31, packetsLost: lost },
			...['r0', 'r1'].map((rid) => ({
				...{ id: `o${rid}`, type: 'outbound-rtp', kind: 'video', rid, active: rid === 'r0', codecId: 'c' },
				...{ mediaSourceId: 'm', remoteId: 'r', bytesSent: bytes, packetsSent: packets },
			})),
		]
		const first = flowsOf(report(0, 0, 0), new Map(), 0)
		expect(flowsOf(report(25_000, 100, 5), first.counts, 2000).flows).toMatchObject([
			{ way: 'sent', layer: 'r0', track: 'own', size: null, kbps: 100, lossPercent: 5, rttMs: 310 },
		])
	})

	it('leave out what probes the bandwidth', () => {
		const probe = { ...inbound(1, 1, 0), mid: 'probator' }
		expect(flowsOf([codec, probe], new Map(), 0).flows).toEqual([])
	})
})
