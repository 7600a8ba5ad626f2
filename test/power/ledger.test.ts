import { describe, expect, it } from 'vitest'
import { lineOf, openLedger } from './ledger.ts'

describe('The ledger of what was acknowledged', () => {
	it('tells what is gone, once, and what it counted', () => {
		const ledger = openLedger()
		for (const text of ['하나', '둘', '셋']) ledger.acknowledge(lineOf.note('m', text))
		ledger.acknowledge(lineOf.audit('POST /api/v1/tokens', 1))
		const found = new Set([lineOf.note('m', '하나'), lineOf.note('m', '셋'), lineOf.note('m', '넷')])
		expect(ledger.missing(found)).toEqual(['note m 둘', 'audit POST /api/v1/tokens #1'])
		expect(ledger.missing(found)).toEqual([])
		expect(ledger.counts()).toEqual({ note: 3, audit: 1 })
	})

	it('finds what was kept, and is lost after a later cut', () => {
		const ledger = openLedger()
		ledger.acknowledge(lineOf.chat('a'))
		expect(ledger.missing(new Set([lineOf.chat('a')]))).toEqual([])
		expect(ledger.missing(new Set())).toEqual(['chat a'])
	})

	it('takes nothing twice', () => {
		const ledger = openLedger()
		ledger.acknowledge(lineOf.chat('a'))
		expect(() => ledger.acknowledge(lineOf.chat('a'))).toThrow('twice')
	})
})
