import { DatabaseSync } from 'node:sqlite'
import { openJournal } from '../../appliance/hub/journal.ts'

/** Writes events until it is killed, and says after each that it is written. Argument: the database file. */
const db = new DatabaseSync(process.argv[2] ?? '')
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
const journal = openJournal(db)
journal.append('m1', 0, [
	{ type: 'meeting.planned', meeting: 'm1', title: 'x', kind: 'council', startsAt: null, at: 1 },
])
for (let seq = 1; ; seq++) {
	journal.append('m1', seq, [{ type: 'person.named', person: 'p1', name: `name ${seq}`, at: seq }])
	process.stdout.write(`${seq + 1}\n`)
}
