import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Config } from '../config-schema.ts'

/** What every part of this house stands on. */
export interface House {
	config: Config
	/** The demo room: its devices are virtual, and have other addresses the next time. */
	demo: boolean
	dataDir: string
	db: DatabaseSync
	now: () => number
	log: Logger
	/** Of the pages that we give out. */
	build: string
	/** Our own origin as this machine reaches it: stage, local panel, the room's way to its hub. */
	loopback: string
	/** Our own `/ws/meeting`, likewise. */
	hubUrl: string
	/** Our own origin as everyone else reaches it. */
	outside: string
}
