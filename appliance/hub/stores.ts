import type { DatabaseSync } from 'node:sqlite'
import { type BallotBox, openBallotBox } from './ballot-box.ts'
import { type CaptionStore, openCaptionStore } from './caption-store.ts'
import { type GrantTimes, openGrantTimes } from './grants.ts'
import { type Journal, openJournal } from './journal.ts'
import { openReturns, type Returns } from './returns.ts'
import { openSnapshots, type Snapshots } from './snapshots.ts'
import { openVault, type Vault } from './vault.ts'
import { openViewings, type ViewingStore } from './viewings.ts'

/** What the hub keeps of its meetings: the journal, and beside it what decides nothing. */
export interface Stores {
	journal: Journal
	vault: Vault
	returns: Returns
	snapshots: Snapshots
	viewings: ViewingStore
	box: BallotBox
	times: GrantTimes
	captions: CaptionStore
}

/** Creates their tables in `db`. */
export function openStores(db: DatabaseSync): Stores {
	return {
		journal: openJournal(db),
		vault: openVault(db),
		returns: openReturns(db),
		snapshots: openSnapshots(db),
		viewings: openViewings(db),
		box: openBallotBox(db),
		times: openGrantTimes(db),
		captions: openCaptionStore(db),
	}
}
